import type { DesiredApp, DesiredContainer } from "../core/desired/desired.ts";
import { appId } from "../core/ids.ts";
import { EMPTY_MEMORY, type AppMemory } from "../core/memory/memory.ts";
import type { ObservedNetwork } from "../core/observed/observed.ts";
import type { OwnContainer } from "../core/observed/own-container.ts";
import { formatPlan } from "../core/plan/format-plan.ts";
import { planNode, type World } from "../core/plan/plan-node.ts";
import { viewPlan } from "../core/plan/plan-view.ts";
import { manifestText, type ManifestInput } from "./builders.ts";
import { ownContainer, type OwnOptions } from "./own-container.ts";
import { resolvedNode, type ResolvedOptions } from "./resolved-node.ts";

/** The manifest of the app `web`. */
export const web = (overrides: Partial<ManifestInput> = {}): string => manifestText({ id: "web", ...overrides });

/** The containers of one app as they shall be. */
export function desiredOf(options: ResolvedOptions, app = "web"): readonly DesiredContainer[] {
  const entry = resolvedNode(options).desired.apps.find(({ id }) => id === app);
  if (entry?.kind !== "resolved") throw new Error(`${app} is ${JSON.stringify(entry)}`);
  return (entry satisfies DesiredApp).containers;
}

/** Its containers as a look would find them had we made them. */
export function made(options: ResolvedOptions, more: OwnOptions = {}, app = "web"): readonly OwnContainer[] {
  return desiredOf(options, app).map((container) => ownContainer(container, more));
}

/** A network of ours. */
export const network = (name: string): ObservedNetwork => ({
  name,
  id: name,
  bridge: "podman1",
  labels: { "archipelago.owner": "node", "archipelago.app": name.replace("archipelago-", "") },
  options: {},
  dns: true,
});

/** A look that found these containers and nothing unusual. */
export function worldOf(own: readonly OwnContainer[], more: Partial<World> = {}): World {
  return {
    now: 100_000,
    nodeId: "node",
    containers: own.map(({ summary }) => summary),
    own,
    unclear: [],
    images: new Set(["docker.io/library/nginx:1.28"]),
    networks: [network("archipelago-web")],
    listening: new Set(),
    strays: [],
    disks: [],
    imageBytes: new Map(),
    fetched: new Set(),
    busy: new Set(),
    ...more,
  };
}

/** The plan's text, less its id. */
export function planText(
  options: ResolvedOptions,
  own: readonly OwnContainer[],
  world: Partial<World> = {},
  memory: Partial<AppMemory> = {},
): string {
  const outlook = planNode(
    resolvedNode(options).desired,
    worldOf(own, world),
    new Map([[appId("web"), { ...EMPTY_MEMORY, ...memory }]]),
  );
  return formatPlan(viewPlan(outlook.plan)).replace(/^plan .*\n/, "");
}
