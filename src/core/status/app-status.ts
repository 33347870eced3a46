import { formatProblem } from "../errors/problem.ts";
import type { AppMemory } from "../memory/memory.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import { describeStanding } from "../plan/conditions.ts";
import type { AppOutlook } from "../plan/plan-node.ts";
import type { Hold } from "../plan/plan.ts";
import type { AppState, AppStatus, ContainerStatus } from "./status.ts";

/** A state and why: a function of desired, observed and memory, never stored. */
interface Verdict {
  readonly state: AppState;
  readonly reason: string;
}

/** What `status` says of one app. `since` is kept by the caller, who sees it change. */
export function appStatus(outlook: AppOutlook, memory: AppMemory, host: string, since: number): AppStatus {
  const { entry, slots, own, conditions } = outlook;
  const { state, reason } = verdict(outlook, memory.lastError);
  const resolved = entry.kind === "resolved" ? entry : null;
  const progress = slots
    .map(({ standing }) => (standing.state === "loading" ? standing.progress : null))
    .find((p) => p !== null);
  return {
    id: entry.id,
    name: entry.kind === "invalid" ? entry.id : entry.title,
    version: entry.kind === "invalid" ? "" : entry.version,
    state,
    reason,
    since,
    generation: Math.max(0, ...own.filter(({ nameIsOurs }) => nameIsOurs).map(({ generation }) => generation)),
    available: entry.kind === "invalid" || outlook.rollout !== null ? null : entry.available,
    notices:
      entry.kind === "invalid"
        ? entry.problems.map(formatProblem)
        : [...(outlook.rollout === null ? entry.notices : []), ...conditions.notices],
    rollout: outlook.rollout,
    url: resolved && state !== "stopped" ? webUrl(outlook, host) : null,
    progress: progress ?? null,
    containers: inStartOrder(outlook).map((found) => containerStatus(found, memory)),
  };
}

function verdict({ entry, slots, steps, holds, conditions, rollout }: AppOutlook, lastError: string | null): Verdict {
  if (entry.kind === "invalid")
    return { state: "invalid", reason: entry.problems.map(formatProblem)[0] ?? "not valid" };
  if (entry.kind === "unresolved")
    return { state: "held", reason: entry.problems.map(formatProblem)[0] ?? "can't be resolved" };
  const person = holds.find(({ kind }) => kind === "person");
  if (person) return { state: "failed", reason: person.reason };
  const running = slots.some(({ match }) => match?.alive);
  if (entry.state === "stopped") {
    return running
      ? { state: "starting", reason: "is being stopped" }
      : { state: "stopped", reason: "the owner wants it stopped" };
  }
  if (conditions.stopFor !== null) return { state: "waiting", reason: conditions.stopFor };
  const worst = slots.find(({ standing }) => standing.state !== "ready" && standing.state !== "done");
  const pause = holds.find(({ kind }) => kind === "pause");
  if (!worst) {
    // What is put right meanwhile does not hinder its work.
    const why = pause
      ? withNextAttempt(pause)
      : (rollout?.reason ?? steps[0]?.reason ?? "all its containers are ready");
    return { state: "ready", reason: why };
  }
  if (pause) return { state: "failed", reason: withNextAttempt(pause) };
  const [hold] = holds;
  if (hold) return { state: "held", reason: hold.reason };

  const waiting = steps.find(({ waits }) => waits !== null);
  const { standing } = worst;
  if (waiting?.waits && conditions.waitsFor !== null && !running) return { state: "waiting", reason: waiting.waits };
  const which = worst.desired.name === "main" ? "it" : worst.desired.name;
  const what = `${which} is ${describeStanding(standing)}`;
  if (standing.state === "loading") return { state: "loading", reason: what };
  if (standing.state === "unready" || standing.state === "failing") return { state: "failed", reason: what };
  const next = steps.find(({ waits }) => waits === null);
  const failed = lastError === null ? "" : `; the last attempt failed: ${lastError}`;
  return { state: "starting", reason: `${next?.reason ?? waiting?.waits ?? what}${failed}` };
}

const withNextAttempt = ({ reason, until }: Hold): string =>
  until === undefined ? reason : `${reason}; tries again at ${new Date(until).toISOString()}`;

/** As the manifest starts them, the newest generation first; what the manifest does not know comes last. */
function inStartOrder({ own, slots }: AppOutlook): readonly OwnContainer[] {
  const order = slots.map(({ desired }) => desired.name);
  const place = (found: OwnContainer): number => order.indexOf(found.container) + 1 || order.length + 1;
  return own.toSorted((a, b) => place(a) - place(b) || b.generation - a.generation || (a.name < b.name ? -1 : 1));
}

function containerStatus(found: OwnContainer, memory: AppMemory): ContainerStatus {
  const { summary } = found;
  const run = memory.runs.get(found.id);
  const exited = summary.state === "exited" || summary.state === "stopped";
  return {
    container: found.container,
    name: found.name,
    id: found.id,
    generation: found.generation,
    // Podman says "stopped" between the end of the process and its own tidying up: to people it has exited.
    state: exited ? "exited" : summary.state === "running" && !found.alive ? "dead" : summary.state,
    image: summary.image,
    startedAt: found.startedAt,
    exitCode: exited ? summary.exitCode : null,
    ports: summary.ports.map((port) => `${port.bind || "0.0.0.0"}:${port.host}->${port.container}/${port.protocol}`),
    probes:
      run?.run === found.run
        ? Object.entries(run.probes).map(([probe, { outcome, detail, at }]) => ({ probe, outcome, detail, at }))
        : [],
  };
}

/** The host port that leads to the manifest's web port. */
function webUrl({ entry, slots }: AppOutlook, host: string): string | null {
  if (entry.kind !== "resolved" || !entry.web) return null;
  const { container, port, path } = entry.web;
  const slot = slots.find(({ desired }) => desired.name === container);
  const published = slot?.desired.spec.ports.find((candidate) => candidate.container === port);
  return published
    ? `http://${published.bind === "127.0.0.1" ? "127.0.0.1" : host || "127.0.0.1"}:${published.host}${path}`
    : null;
}
