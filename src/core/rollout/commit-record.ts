import type { DesiredApp } from "../desired/desired.ts";
import type { AppRecord } from "../record/app-record.ts";
import { hashesOf, isSameSet } from "./rollout.ts";

/** The record after an app's generation was found good. What failed before is past: the next failure is another one. */
export function commitRecord(
  before: AppRecord,
  { version, containers }: Pick<DesiredApp, "version" | "containers">,
  { at, downtime }: { readonly at: number; readonly downtime: number | null },
): AppRecord {
  const hashes = hashesOf(containers);
  const images = [...new Set(containers.map(({ spec }) => spec.image))].toSorted();
  const earlier = before.committed;
  const again = earlier !== null && isSameSet(earlier.containers, hashes);
  return {
    ...before,
    committed: {
      version,
      containers: hashes,
      at: again ? earlier.at : at,
      downtime: downtime ?? earlier?.downtime ?? null,
      images,
      previousImages: again ? earlier.previousImages : (earlier?.images ?? []),
    },
    // Where nothing was noted as good before, it may be what came back after the failure.
    quarantine: again || earlier === null ? before.quarantine : null,
    adopted: before.adopted.map((adoption) => ({ ...adoption, taken: true })),
  };
}
