import type { DesiredApp, DesiredEntry } from "../desired/desired.ts";
import type { Slot } from "./match.ts";
import { isGood, isStarted, type Standing } from "./standing.ts";

/** How a provider stands, as its consumers see it. */
export interface ProviderView {
  readonly entry: DesiredEntry;
  readonly slots: readonly Slot[];
}

/** What the requirements of an app say at this look. */
export interface Conditions {
  readonly waitsFor: string | null;
  readonly stopFor: string | null;
  readonly restartFor: { readonly after: number; readonly reason: string } | null;
  /** For people: a provider is not there, and the app goes on. */
  readonly notices: readonly string[];
}

export function conditionsOf(app: DesiredApp, providers: ReadonlyMap<string, ProviderView>): Conditions {
  let waitsFor: string | null = null;
  let stopFor: string | null = null;
  let restartFor: Conditions["restartFor"] = null;
  const notices: string[] = [];
  for (const requirement of app.requires) {
    if (requirement.app === null) continue;
    const provider = providers.get(requirement.app);
    const unmet = provider ? unmetBy(provider, requirement.until) : "it is not wanted on this node";
    if (unmet !== null) {
      const sentence = `${requirement.app} must be ${requirement.until} first: ${unmet}`;
      waitsFor ??= sentence;
      if (requirement.onLost === "stop") stopFor ??= sentence;
      else notices.push(`${requirement.app}, which it requires, is not ${requirement.until}: ${unmet}`);
      continue;
    }
    const after = Math.max(
      0,
      ...(provider?.slots ?? []).map(({ match, desired }) => (desired.oneShot ? 0 : (match?.startedAt ?? 0))),
    );
    if (requirement.onLost === "restart" && after > (restartFor?.after ?? 0)) {
      restartFor = { after, reason: `${requirement.app}, which it requires, was started after it` };
    }
  }
  return { waitsFor, stopFor, restartFor, notices };
}

/** null: the condition is met. */
function unmetBy({ entry, slots }: ProviderView, until: "ready" | "started"): string | null {
  if (entry.kind === "invalid") return "its manifest is not valid";
  if (entry.state === "stopped") return "the owner wants it stopped";
  if (entry.kind === "unresolved") return entry.problems[0]?.message ?? "it can't be resolved";
  for (const { desired, standing } of slots) {
    const met =
      until === "ready"
        ? isGood(standing) && standing.state !== "loading"
        : isStarted(standing) || standing.state === "done";
    if (!met) return `${desired.name === "main" ? "it" : `its ${desired.name}`} is ${describeStanding(standing)}`;
  }
  return null;
}

/** A standing in a few words. */
export function describeStanding(standing: Standing): string {
  switch (standing.state) {
    case "starting":
    case "unready":
      return `${standing.state} (${standing.detail})`;
    case "loading": {
      const percent = standing.progress === null ? "" : ` ${(standing.progress * 100).toFixed(1)} %`;
      return `loading${percent} (${standing.detail})`;
    }
    case "failing":
      return `failing its ${standing.probe} probe (${standing.detail})`;
    case "exited":
      return standing.oom ? "out of memory" : `exited (code ${standing.exitCode})`;
    case "stuck":
      return `stuck (${standing.engine})`;
    case "missing":
    case "created":
    case "ready":
    case "done":
    case "paused":
    case "dead":
      return standing.state;
  }
}
