import type { AppStatus, RolloutStatus } from "../../core/status/status.ts";
import { hasFailed } from "../progress/verdict.ts";
import type { Style } from "./paint.ts";

/** The version cell of an app: what runs, what an update would bring, and how far one is. */
export function versionText({ version, available, rollout }: AppStatus): {
  readonly text: string;
  readonly style: Style;
} {
  if (rollout === null)
    return available === null
      ? { text: version, style: "none" }
      : { text: `${version} (${available} available)`, style: "cyan" };
  return { text: rolloutText(rollout), style: hasFailed(rollout) ? "red" : "yellow" };
}

/** `1.0.0 -> 1.1.0 (proving)`, `1.0.0 (1.1.0 rolled back)`; one version where both are the same. */
function rolloutText({ state, from, to }: RolloutStatus): string {
  if (state === "rolled-back") return `${from} (${from === to ? "" : `${to} `}rolled back)`;
  return `${from === to ? to : `${from} -> ${to}`} (${state})`;
}
