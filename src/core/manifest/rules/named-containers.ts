import { didYouMean } from "../../nearest-name.ts";
import { portSchema } from "../container-schema.ts";
import { MAIN_CONTAINER } from "../manifest.ts";
import type { Path } from "../path.ts";
import { get, isMap, items } from "../raw-value.ts";
import { fitting, text, type Rule, type RuleInput, type WrittenContainer } from "./rule.ts";

/** `web` and `checks` speak of containers that are there, and Open leads to a port that the host answers on. */
export const namedContainers: Rule = (input) => {
  const { root } = input;
  if (isMap(root.web)) {
    const container = find(input, ["web"], root.web);
    if (container) webPort(input, container, root.web.port);
  }
  for (const [index, check] of items(root.checks)) {
    for (const kind of ["http", "tcp", "command"]) {
      const asked = get(check, kind);
      if (isMap(asked)) find(input, ["checks", index, kind], asked);
    }
  }
};

function find(input: RuleInput, path: Path, value: unknown): WrittenContainer | undefined {
  const named = get(value, "container");
  const name = named === undefined ? MAIN_CONTAINER : text(named);
  const container = input.containers.find((candidate) => candidate.name === name);
  if (container || name === undefined || input.containers.length === 0) return container;
  const names = input.containers.map((candidate) => candidate.name);
  const hint = named === undefined ? `; name one of ${names.join(", ")}` : didYouMean(name, names);
  input.problems.value([...path, "container"], `unknown container "${name}"${hint}`);
  return undefined;
}

function webPort({ problems }: RuleInput, { name, path, raw }: WrittenContainer, port: unknown): void {
  // In the host's network every port is the host's own.
  if (typeof port !== "number" || text(raw.network) === "host") return;
  const listed = items(raw.ports);
  const published = fitting(portSchema, raw.ports, [...path, "ports"]);
  if (published.length < listed.length) return;
  if (published.some(({ value }) => value.container === port && value.protocol === "tcp")) return;
  problems.value(["web", "port"], `${name} does not publish container port ${port}; add it to its ports`);
}
