import { didYouMean } from "../../nearest-name.ts";
import { formatPath, type Path } from "../path.ts";
import { get, isMap, items, pairs } from "../raw-value.ts";
import { text, type Rule, type RuleInput, type WrittenContainer } from "./rule.ts";

/** Each place in a container is mounted once, and another app's folder only as far as `requires` allows. */
export const mounts: Rule = (input) => {
  for (const container of input.containers) {
    uniqueTargets(input, container);
    for (const [index, volume] of items(container.raw.volumes)) {
      if (isMap(volume) && Object.hasOwn(volume, "app"))
        sharedFolder(input, [...container.path, "volumes", index], volume);
    }
  }
};

function uniqueTargets({ problems }: RuleInput, { path, raw }: WrittenContainer): void {
  const seen = new Map<string, Path>();
  for (const key of ["volumes", "tmpfs", "files"]) {
    for (const [index, entry] of items(raw[key])) {
      const target = text(get(entry, "target"));
      if (target === undefined) continue;
      const before = seen.get(target);
      if (before)
        problems.value([...path, key, index, "target"], `${target} is mounted already by ${formatPath(before)}`);
      else seen.set(target, [key, index]);
    }
  }
}

/**
 * `app` names an alias under `requires` or a required app. Resolve takes it the same way: first as an alias, which means
 * the app that serves that requirement on this node, whichever it is; else as the app's own name.
 */
function sharedFolder({ root, problems }: RuleInput, path: Path, volume: Readonly<Record<string, unknown>>): void {
  const requires = pairs(root.requires);
  const names = requires.flatMap(([alias, requirement]) => [alias, text(get(requirement, "app")) ?? alias]);
  const app = text(volume.app);
  if (app !== undefined && !names.includes(app)) {
    problems.value([...path, "app"], `"${app}" is not in requires${didYouMean(app, names)}`);
  }
  if (text(volume.source)?.startsWith("/")) {
    problems.value([...path, "source"], "must be a folder inside that app's data, not an absolute path");
  }
  if (volume.read_only === false) {
    problems.value([...path, "read_only"], "must be true: another app's folder is always read-only");
  }
}
