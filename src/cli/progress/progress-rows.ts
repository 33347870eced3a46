import type { JobView } from "../../core/job/job.ts";
import type { AppStatus } from "../../core/status/status.ts";
import { age } from "../render/age.ts";
import { JOB_STYLES, jobText, jobTitle } from "../render/job-text.ts";
import { stateStyle } from "../render/paint.ts";
import { stateText } from "../render/state-text.ts";
import type { ProgressRow } from "./progress-view.ts";

export const APP_HEADERS = ["APP", "STATE", "SINCE", "REASON"] as const;
export const JOB_HEADERS = ["JOB", "WHAT", "PHASE", "SINCE", "REASON"] as const;

export function appRow(app: AppStatus, now: number): ProgressRow {
  const state = stateText(app);
  return {
    key: app.id,
    cells: [app.id, { text: state, style: stateStyle(app.state) }, age(app.since, now), app.reason],
    line: `${app.id}: ${state}: ${app.reason}`,
  };
}

export function jobRow(job: JobView, now: number): ProgressRow {
  const phase = jobText(job);
  return {
    key: job.id,
    cells: [job.id, jobTitle(job), { text: phase, style: JOB_STYLES[job.state] }, age(job.createdAt, now), job.reason],
    // How it ended is said by whoever followed it.
    line: job.state === "running" ? `${jobTitle(job)}: ${phase}: ${job.reason}` : "",
  };
}
