import { plainPath } from "../diff/read-mounts.ts";
import type { ContainerDetail } from "../observed/observed.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";

/**
 * The paths of the host of which a comparison must know where they really lead (`EngineView.places`): two that differ in
 * text may be one folder behind a link, and a folder that is gone holds no data.
 */
export function placesToAsk(spec: ContainerSpec, detail: ContainerDetail): readonly string[] {
  return [...new Set([...detail.mounts, ...spec.mounts].map(({ source }) => plainPath(source)))].toSorted();
}
