import { get, items, pairs } from "../raw-value.ts";
import { regularExpression } from "./regular-expression.ts";
import type { Rule } from "./rule.ts";

/** What one container can be asked, and by which words its answers are read. */
export const probes: Rule = ({ root, containers, problems }) => {
  for (const { path, raw } of containers) {
    const health = pairs(raw.health);
    if (raw.one_shot === true && health.length > 0) {
      problems.key([...path, "health"], "a one_shot container ends by itself; its exit code is its health");
    }
    let command: string | undefined;
    for (const [name, probe] of health) {
      const place = [...path, "health", name];
      for (const key of ["output", "progress"] as const) {
        const groups = key === "progress" ? 1 : 0;
        const wrong = regularExpression(get(get(probe, "loading"), key), groups);
        if (wrong !== null) problems.value([...place, "loading", key], wrong);
      }
      const own = get(probe, "command");
      if (!Array.isArray(own)) continue;
      const words = JSON.stringify(own);
      command ??= words;
      // Podman keeps one health command a container, and running others by exec leaves processes behind.
      if (words !== command) {
        const message =
          "a container has one command probe: Podman keeps one; repeat the same command, or ask by http or tcp";
        problems.value([...place, "command"], message);
      }
    }
  }
  for (const [index, check] of items(root.checks)) {
    const wrong = regularExpression(get(get(check, "command"), "output"), 0);
    if (wrong !== null) problems.value(["checks", index, "command", "output"], wrong);
  }
};
