import { pairs } from "../raw-value.ts";
import type { Rule } from "./rule.ts";

/** Our labels say whose a container is: a manifest that set one could make a container pass for another. */
export const labels: Rule = ({ containers, problems }) => {
  for (const { path, raw } of containers) {
    for (const [label] of pairs(raw.labels)) {
      if (label === "archipelago" || label.startsWith("archipelago.")) {
        problems.key([...path, "labels", label], "labels that begin with archipelago. are the daemon's own");
      }
    }
  }
};
