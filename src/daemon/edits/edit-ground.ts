import { ArcError } from "../../core/errors/arc-error.ts";
import type { NodeConfig } from "../../core/manifest/node-schema.ts";
import type { AppRecord } from "../../core/record/app-record.ts";
import type { Desire } from "../../engine/desire.ts";

/** What an edit is planned from. */
export interface EditGround {
  readonly config: NodeConfig;
  readonly catalogue: Desire["catalogue"];
  readonly choices: Desire["choices"];
  readonly records: ReadonlyMap<string, AppRecord>;
  /** Apps that are not wanted and have left containers or data on this node. */
  readonly leftovers: ReadonlySet<string>;
  /** As it stands in node.yml. */
  readonly now: string;
}

/** ARC_APP_UNKNOWN. */
export function requireWanted(app: string, config: NodeConfig): void {
  if (Object.hasOwn(config.apps, app)) return;
  throw new ArcError("ARC_APP_UNKNOWN", `${app} is not installed on this node`);
}

/** From when on what failed is tried again: after its failure, also where the clock was ahead at that time. */
export function retryMoment(app: string, { records, now }: EditGround): string {
  const failedAt = records.get(app)?.quarantine?.at ?? 0;
  return new Date(Math.max(Date.parse(now), failedAt + 1)).toISOString();
}
