import type { JobView } from "../../core/job/job.ts";
import type { Style } from "./paint.ts";

/** `fetch 3/7 layers` where it says how far it is, else the bare phase; once it is over, how it ended. */
export function jobText({ state, phase, progress }: JobView): string {
  if (state !== "running") return state;
  const said = phase === "" ? state : phase;
  return progress === null ? said : `${said} ${progress.done}/${progress.total} ${progress.unit}`.trimEnd();
}

/** `update bitcoin, lnd` */
export function jobTitle({ kind, apps }: JobView): string {
  return `${kind} ${apps.join(", ")}`;
}

export const JOB_STYLES: Readonly<Record<JobView["state"], Style>> = {
  running: "cyan",
  done: "green",
  failed: "red",
  cancelled: "yellow",
};
