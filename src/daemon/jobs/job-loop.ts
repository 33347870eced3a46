import type { FetchProgress } from "../../core/job/job-sight.ts";
import type { AppId } from "../../core/ids.ts";
import type { Desire } from "../../engine/desire.ts";
import type { Look } from "../../engine/look.ts";

/** What jobs need of the reconciler. */
export interface JobLoop {
  poke(when: "now" | "soon"): void;
  freshLook(): Promise<Look>;
  readDesire(): Promise<Desire>;
  /** Apps whose steps are being done at this moment. */
  isBusy(app: AppId): boolean;
  /** Runs `work` while no step of this app is done, and keeps the app's steps waiting for so long. */
  exclusively<T>(app: AppId, work: () => Promise<T>): Promise<T>;
  /** By image: what is being fetched at this moment. */
  fetchProgress(): ReadonlyMap<string, FetchProgress>;
}
