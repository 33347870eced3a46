import type { AppId } from "../../core/ids.ts";
import type { AppRecord } from "../../core/record/app-record.ts";
import type { AdoptionView } from "../../rpc/node-api.ts";

/** How foreign containers become ours. */
export interface Adopter {
  /** What looks like this app's containers; null: like any app's of the catalogue. ARC_APP_UNKNOWN. */
  adoptable(app: AppId | null): Promise<readonly AdoptionView[]>;
  /**
   * Writes the app's record, so that the containers count as ours as soon as node.yml wants the app. ARC_ADOPT where they
   * can't be told (`from` names them), or where they differ and `replace` is not said. Doing it twice changes nothing.
   */
  adopt(app: AppId, from: readonly string[], replace: boolean): Promise<void>;
  /** What the record would become. Throws as `adopt` does. */
  plan(app: AppId, from: readonly string[], replace: boolean): Promise<(before: AppRecord) => AppRecord>;
  /** Whether the app was committed with what was adopted: then it is ours for good. */
  isTaken(app: AppId): Promise<boolean>;
  /** Forgets what was said and not done. */
  release(app: AppId): Promise<void>;
}
