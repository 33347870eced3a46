import type { DesiredEntry } from "../desired/desired.ts";
import type { ContainerSummary } from "../observed/observed.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import type { PortSpec } from "../spec/container-spec.ts";
import type { Slot } from "./match.ts";

/** Who has which host port, as one look found it. Keys are `tcp/8080`. */
export interface PortFacts {
  /** Ports with a listener; null: not looked at, nothing is about to start. */
  readonly listening: ReadonlySet<string> | null;
  /** Ports published by running containers -> the container's name. */
  readonly published: ReadonlyMap<string, string>;
  /** Ports wanted by apps -> the app that gets them: who has it now, else who ran before, else the first. */
  readonly wanted: ReadonlyMap<string, string>;
}

const keyOf = ({ protocol, host }: PortSpec): string => `${protocol}/${host}`;

/** `owners`: name of a container of ours -> its app. Labels would not do: an adopted one has none. */
export function portFacts(
  apps: readonly DesiredEntry[],
  containers: readonly ContainerSummary[],
  owners: ReadonlyMap<string, string>,
  listening: ReadonlySet<string> | null,
): PortFacts {
  const published = new Map<string, string>();
  const publishers = new Map<string, string | undefined>();
  for (const container of containers) {
    if (container.state !== "running" && container.state !== "paused") continue;
    for (const port of container.ports) {
      published.set(keyOf(port), container.name);
      publishers.set(keyOf(port), owners.get(container.name));
    }
  }
  const claims = new Map<string, { readonly app: string; readonly strength: number }>();
  for (const app of apps) {
    if (app.kind !== "resolved" || app.state === "stopped") continue;
    for (const { spec } of app.containers) {
      for (const port of spec.ports) {
        const key = keyOf(port);
        const strength = publishers.get(key) === app.id ? 2 : app.accepted ? 1 : 0;
        if (strength > (claims.get(key)?.strength ?? -1)) claims.set(key, { app: app.id, strength });
      }
    }
  }
  return { listening, published, wanted: new Map([...claims].map(([key, { app }]) => [key, app])) };
}

/**
 * A clash is found before the bind: between two apps, with a foreign container, with another program. A container that
 * already ran is not checked against listeners: what holds its port may be its own dying conmon.
 */
export function portProblem(
  app: string,
  slot: Slot,
  isOurs: (name: string) => boolean,
  ports: PortFacts,
): string | null {
  if (slot.match?.alive) return null;
  for (const port of slot.desired.spec.ports) {
    const key = keyOf(port);
    const first = ports.wanted.get(key);
    if (first !== undefined && first !== app) {
      return `host port ${port.host} is wanted by ${first} too; give one of them another with ports in node.yml`;
    }
    const holder = ports.published.get(key);
    if (holder !== undefined && !isOurs(holder)) {
      return `host port ${port.host} is published by the container ${holder}, which is not ours; move one of the two`;
    }
    const ranBefore = (slot.match?.startedAt ?? 0) > 0;
    if (holder === undefined && !ranBefore && slot.others.length === 0 && ports.listening?.has(key)) {
      return `host port ${port.host} is held by another program (after a failed start that can be Podman's own service)`;
    }
  }
  return null;
}

/** ms. Longer than the engine takes to clean up; one that was killed over it never does. */
const CLEAN_UP = 5_000;

/**
 * Which other container of the app has ended by itself with a port that this one publishes too, and the engine has still
 * to clean up behind it. Podman does that some 300 ms later, and takes the rules of the port away with it: those of a
 * container that was started meanwhile are gone too, and this machine never reaches it (4.3.1 with netavark 1.4).
 */
export function portLeaver({ desired }: Slot, others: readonly OwnContainer[], now: number): string | null {
  const wanted = new Set(desired.spec.ports.map(keyOf));
  const leaver = others.find(
    ({ summary: { state, exitedAt, ports } }) =>
      state === "stopped" &&
      exitedAt <= now &&
      now - exitedAt < CLEAN_UP &&
      ports.some((port) => wanted.has(keyOf(port))),
  );
  return leaver?.name ?? null;
}
