import type { DesiredContainer } from "../desired/desired.ts";
import type { AppMemory, ProbeKind, ProbeMemory } from "../memory/memory.ts";
import type { OwnContainer } from "../observed/own-container.ts";

/** How one container stands, seen by engine, kernel and probes together. */
export type Standing =
  | { readonly state: "missing" }
  | { readonly state: "created" }
  /** `started`: its startup probe has passed (or it has none), only readiness is still open. */
  | { readonly state: "starting"; readonly started: boolean; readonly detail: string }
  | { readonly state: "loading"; readonly detail: string; readonly progress: number | null }
  | { readonly state: "ready" }
  /** Ran once, exit code 0. */
  | { readonly state: "done" }
  /** Runs, but its readiness probe fails. */
  | { readonly state: "unready"; readonly detail: string }
  /** Runs, but startup or liveness has failed as often as it may. */
  | { readonly state: "failing"; readonly probe: "startup" | "liveness"; readonly detail: string }
  | { readonly state: "exited"; readonly exitCode: number; readonly oom: boolean }
  | { readonly state: "paused" }
  /** The engine says that it runs; its process is gone. */
  | { readonly state: "dead" }
  /** The engine is in the middle of stopping or removing it, or in a state of its own. */
  | { readonly state: "stuck"; readonly engine: string };

export function standingOf(
  desired: Pick<DesiredContainer, "oneShot" | "health">,
  found: OwnContainer | null,
  memory: AppMemory,
): Standing {
  if (!found) return { state: "missing" };
  const { summary } = found;
  switch (summary.state) {
    case "created":
      return { state: "created" };
    case "paused":
      return { state: "paused" };
    case "exited":
    case "stopped":
      return desired.oneShot && summary.exitCode === 0 && summary.startedAt > 0
        ? { state: "done" }
        : { state: "exited", exitCode: summary.exitCode, oom: found.detail.oomKilled };
    case "running":
      return found.alive ? runningStanding(desired, found, memory) : { state: "dead" };
    case "stopping":
      return found.alive ? { state: "stuck", engine: "stopping" } : { state: "dead" };
    case "removing":
    case "unknown":
      return { state: "stuck", engine: summary.state };
  }
}

function runningStanding(
  { oneShot, health }: Pick<DesiredContainer, "oneShot" | "health">,
  found: OwnContainer,
  memory: AppMemory,
): Standing {
  if (oneShot) return { state: "starting", started: false, detail: "runs to its end" };
  // Its last probe passed; kept for good now, it would be gone a moment later.
  if (found.ending) return { state: "starting", started: true, detail: "its process has ended" };
  const run = memory.runs.get(found.id);
  const seen = (kind: ProbeKind): ProbeMemory | undefined => (run?.run === found.run ? run.probes[kind] : undefined);

  const startup = seen("startup");
  if (health.startup && startup?.outcome !== "pass") {
    if (startup?.outcome === "loading") return { state: "loading", detail: startup.detail, progress: startup.progress };
    return startup && startup.failures >= health.startup.failures
      ? { state: "failing", probe: "startup", detail: startup.detail }
      : { state: "starting", started: false, detail: startup?.detail ?? "not probed yet" };
  }
  const liveness = seen("liveness");
  if (health.liveness && liveness && liveness.failures >= health.liveness.failures) {
    return { state: "failing", probe: "liveness", detail: liveness.detail };
  }
  const readiness = seen("readiness");
  if (!health.readiness || readiness?.outcome === "pass") return { state: "ready" };
  if (readiness?.outcome === "loading") {
    return { state: "loading", detail: readiness.detail, progress: readiness.progress };
  }
  return readiness && readiness.failures >= health.readiness.failures
    ? { state: "unready", detail: readiness.detail }
    : { state: "starting", started: true, detail: readiness?.detail ?? "not probed yet" };
}

/** It runs and its startup probe has passed: those that start after it may start. */
export function isStarted(standing: Standing): boolean {
  if (standing.state === "starting") return standing.started;
  return standing.state === "ready" || standing.state === "loading" || standing.state === "unready";
}

/** It does its work: a generation of such containers is good. A node that syncs for days is `loading`, not broken. */
export function isGood(standing: Standing): boolean {
  return standing.state === "ready" || standing.state === "loading" || standing.state === "done";
}

/** It will be made or started: images and ports matter to it. */
export function isAboutToStart({ state }: Standing): boolean {
  return state === "missing" || state === "created" || state === "exited" || state === "dead";
}
