import type { AppStatus } from "../../core/status/status.ts";
import { stateStyle, type Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { stateText } from "./state-text.ts";

/**
 * `lnd is failed: why`, or how its rollout ended where that is what went wrong. A reason that stands in `said`, which the
 * reader has just seen, is left out.
 */
export function standingText(app: AppStatus, paint: Paint, said = ""): string {
  const { id, rollout } = app;
  const why = (reason: string): string => (said.includes(reason) ? "" : `: ${printable(reason)}`);
  if (rollout?.state === "rolled-back")
    return `${id}: ${paint("red", "rolled back")} to ${printable(rollout.from)}${why(rollout.reason)}`;
  if (rollout?.state === "stuck")
    return `${id}: ${paint("red", "not rolled back")}, it stays at ${printable(rollout.to)}${why(rollout.reason)}`;
  return `${id} is ${paint(stateStyle(app.state), stateText(app))}${why(app.reason)}`;
}
