import { appId, type AppId } from "../core/ids.ts";
import type { AppOutlook } from "../core/plan/plan-node.ts";
import { appStatus } from "../core/status/app-status.ts";
import type { AppStatus } from "../core/status/status.ts";
import type { Look } from "../engine/look.ts";
import type { Reconciler } from "../engine/reconciler.ts";
import type { Clock } from "../ports/clock.ts";

/** What status says of each app, with since when: the only thing about it that no look tells. */
export class StatusBook {
  readonly #reconciler: Pick<Reconciler, "memoryOf">;
  readonly #clock: Clock;
  readonly #since = new Map<AppId, { readonly state: string; readonly since: number }>();

  constructor(reconciler: Pick<Reconciler, "memoryOf">, clock: Clock) {
    this.#reconciler = reconciler;
    this.#clock = clock;
  }

  /** In start order. */
  all(look: Look): ReadonlyMap<AppId, AppStatus> {
    return new Map([...look.outlook.apps].map(([id, outlook]) => [id, this.of(outlook, look)]));
  }

  of(outlook: AppOutlook, look: Look): AppStatus {
    const { id } = outlook.entry;
    const host = look.desire.facts.effective.host_ip;
    const status = appStatus(outlook, this.#reconciler.memoryOf(id), host, 0);
    const known = this.#since.get(id);
    const since = known?.state === status.state ? known.since : this.#clock.now();
    this.#since.set(id, { state: status.state, since });
    return { ...status, since };
  }
}

/** Of an app that nobody wants here. */
export function absentStatus(app: string, look: Look | null): AppStatus {
  const manifest = look?.desire.catalogue.get(app)?.manifest;
  const known = manifest?.ok ? manifest.value : null;
  return {
    id: appId(app),
    name: known?.name ?? app,
    version: known?.version ?? "",
    state: "absent",
    reason: known ? "it is in the catalogue and not installed" : "it is not on this node",
    since: look?.at ?? 0,
    generation: 0,
    available: null,
    notices: [],
    rollout: null,
    url: null,
    progress: null,
    containers: [],
  };
}
