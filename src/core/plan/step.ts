import { worstImpact, type DiffEntry, type Impact } from "../diff/diff.ts";
import type { AppId } from "../ids.ts";
import type { Action, Hold, HoldKind, Step } from "./plan.ts";

/** Stands for the app in steps about what no app owns; no app can be called so. */
export const NO_APP = "(shared)";

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

  /** Puts one before all others. */
  first(container: string | null, action: Action, reason: string): void {
    this.add(container, action, reason);
    this.steps.unshift(...this.steps.splice(-1));
  }

  /** Drops its steps: after a failure nothing of this app is tried before `until`, ms since the epoch. */
  pause(reason: string, until: number): void {
    if (this.steps.every(isFetch)) return;
    // Fetches have pauses of their own.
    this.steps.splice(0, this.steps.length, ...this.steps.filter(isFetch));
    this.hold("pause", reason, until);
  }

  /** `until`: ms since the epoch of the next attempt. */
  hold(kind: HoldKind, reason: string, until?: number): void {
    this.holds.push({ app: this.app, kind, reason, ...(until !== undefined && { until }) });
  }
}

/** Done beside an app's other steps, by image: two apps may want the same one. */
export function isFetch({ action: { op } }: Step): boolean {
  return op === "pull" || op === "build";
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
