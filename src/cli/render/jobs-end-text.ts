import { assertNever } from "../../core/result.ts";
import type { JobView } from "../../core/job/job.ts";
import type { AppStatus } from "../../core/status/status.ts";
import { hasFailed } from "../progress/verdict.ts";
import type { JobsEnd } from "../progress/jobs-end.ts";
import { humanBytes } from "../../core/human-bytes.ts";
import { failureLines } from "./failure-text.ts";
import { JOB_STYLES, jobTitle } from "./job-text.ts";
import { stateStyle, type Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { standingText } from "./standing-text.ts";
import { stateText } from "./state-text.ts";

/** Versions before the job, by app id, as far as they are known. */
type Before = ReadonlyMap<string, string>;

/** How jobs ended, app by app: where it got, or why not, what the failed containers said, and what can be done next. */
export function jobsEndText(end: JobsEnd, paint: Paint, before: Before = new Map()): string {
  return end.jobs.flatMap((job) => jobLines(job, end, paint, before)).join("\n");
}

function jobLines(job: JobView, end: JobsEnd, paint: Paint, before: Before): readonly string[] {
  const { kind, state, reason, apps } = job;
  const head = `${paint(JOB_STYLES[state], `${jobTitle(job)}: ${state}.`)} ${printable(reason)}`.trimEnd();
  const found = end.apps.filter(({ id }) => apps.includes(id));
  switch (state) {
    case "running":
      return [head];
    case "done":
      return [
        head,
        ...(kind === "uninstall" ? trashLines(job, end) : found.map((app) => doneLine(kind, app, paint, before))),
      ];
    case "failed":
      return [head, ...found.flatMap((app) => failedLines(job, app, end, paint, before))];
    case "cancelled":
      return [head, ...found.map((app) => appLine(app, paint))];
    default:
      return assertNever(state);
  }
}

function doneLine(kind: JobView["kind"], app: AppStatus, paint: Paint, before: Before): string {
  if (kind !== "update" || app.rollout !== null || before.get(app.id) === app.version) return appLine(app, paint);
  return printable(`  ${app.id}: updated to ${app.version}${app.url === null ? "" : `  ${app.url}`}`);
}

function appLine(app: AppStatus, paint: Paint): string {
  const url = app.url === null ? "" : `  ${printable(app.url)}`;
  return `  ${app.id} ${printable(app.version)} is ${paint(stateStyle(app.state), stateText(app))}${url}`;
}

function failedLines(
  job: JobView,
  app: AppStatus,
  { failures }: JobsEnd,
  paint: Paint,
  before: Before,
): readonly string[] {
  const { id, rollout } = app;
  const mine = failures.filter((entry) => entry.app === id);
  // One of several apps may have got there all the same.
  if (mine.length === 0 && app.state === "ready" && (rollout === null || !hasFailed(rollout)))
    return [doneLine(job.kind, app, paint, before)];
  return [
    `  ${standingText(app, paint, job.reason)}`,
    ...mine.flatMap(({ failure }) => failureLines(failure, paint)),
    `  Why: archipelago explain ${id}.${job.kind === "uninstall" ? "" : ` Once the cause is mended: archipelago retry ${id}`}`,
  ];
}

function trashLines({ apps }: JobView, { trash }: JobsEnd): readonly string[] {
  return trash
    .filter(({ app }) => apps.includes(app))
    .map(
      ({ app, bytes }) =>
        `  ${app}: its data is in the trash (${humanBytes(bytes)}). Bring it back: archipelago install --restore ${app}. ` +
        `Delete it for good: archipelago trash empty ${app}`,
    );
}
