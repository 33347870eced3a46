import { portSchema } from "../container-schema.ts";
import { formatPath, type Path } from "../path.ts";
import { bindsOverlap } from "../port-overlap.ts";
import { items } from "../raw-value.ts";
import { fitting, text, type Rule, type RuleInput } from "./rule.ts";

interface Published {
  readonly path: Path;
  readonly bind: string;
}

/** Each port of the host is published once in an app, and only by containers that have a network of ours. */
export const ports: Rule = (input) => {
  const byHost = new Map<string, Published[]>();
  for (const { path, raw } of input.containers) {
    const network = text(raw.network);
    if ((network === "host" || network === "none") && items(raw.ports).length > 0) {
      const why =
        network === "host"
          ? "a container in the host's network has the host's ports already; leave ports out"
          : "a container without a network can't publish ports; leave them out";
      input.problems.key([...path, "ports"], why);
    }
    const byContainer = new Map<string, Published[]>();
    for (const { path: place, value } of fitting(portSchema, raw.ports, [...path, "ports"])) {
      const port = { path: place, bind: value.bind };
      claim(input, byHost, `host port ${value.host}/${value.protocol}`, port, "host");
      claim(input, byContainer, `container port ${value.container}/${value.protocol}`, port, "container");
    }
  }
};

function claim(
  { problems }: RuleInput,
  taken: Map<string, Published[]>,
  what: string,
  port: Published,
  key: string,
): void {
  const others = taken.get(what) ?? [];
  const other = others.find(({ bind }) => bindsOverlap(bind, port.bind));
  if (other) problems.value([...port.path, key], `${what} is published already by ${formatPath(other.path)}`);
  taken.set(what, [...others, port]);
}
