import { worstImpact, type DiffEntry, type Impact } from "../diff/diff.ts";
import type { AppId } from "../ids.ts";
import type { Action, Hold, Step } from "./plan.ts";

/** Collects one app's steps and holds in order. */
export class StepList {
  readonly app: AppId;
  readonly steps: Step[] = [];
  readonly holds: Hold[] = [];

  constructor(app: AppId) {
    this.app = app;
  }

  add(
    container: string | null,
    action: Action,
    reason: string,
    more: {
      readonly diff?: readonly DiffEntry[];
      readonly impact?: Impact;
      readonly waits?: string | null;
      readonly counts?: boolean;
    } = {},
  ): void {
    const diff = more.diff ?? [];
    this.steps.push({
      app: this.app,
      container,
      action,
      reason,
      impact: more.impact ?? worstImpact(diff.map((entry) => entry.impact)),
      diff,
      waits: more.waits ?? null,
      counts: more.counts ?? false,
    });
  }

  /** Drops every step: after a failure nothing of this app is tried before `until`, ms since the epoch. */
  pause(reason: string, until: number): void {
    if (this.steps.length === 0) return;
    this.steps.length = 0;
    this.hold(reason, until);
  }

  hold(reason: string, until?: number): void {
    this.holds.push({ app: this.app, reason, ...(until !== undefined && { until }) });
  }
}

/** `env.X is "a", shall be "b" (fact:host_ip)`, and how many more there are. */
export function describeDiff(diff: readonly DiffEntry[]): string {
  const [first, ...rest] = diff;
  if (!first) return "its spec changed";
  const value = (text: string | null): string =>
    text === null ? "absent" : text.length > 60 ? `${text.slice(0, 57)}...` : text;
  const more = rest.length === 0 ? "" : `, and ${rest.length} more`;
  return `${first.path} is ${value(first.observed)}, shall be ${value(first.desired)} (${first.origin})${more}`;
}
