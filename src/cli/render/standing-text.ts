import type { AppStatus } from "../../core/status/status.ts";
import { stateStyle, type Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { stateText } from "./state-text.ts";

/** `lnd is failed: why`, or how its rollout ended where that is what went wrong. */
export function standingText(app: AppStatus, paint: Paint): string {
  const { id, rollout, reason } = app;
  if (rollout?.state === "rolled-back")
    return `${id}: ${paint("red", "rolled back")} to ${printable(rollout.from)}: ${printable(rollout.reason)}`;
  if (rollout?.state === "stuck")
    return `${id}: ${paint("red", "not rolled back")}, it stays at ${printable(rollout.to)}: ${printable(rollout.reason)}`;
  return `${id} is ${paint(stateStyle(app.state), stateText(app))}: ${printable(reason)}`;
}
