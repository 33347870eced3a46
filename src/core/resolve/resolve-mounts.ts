import type { Problem } from "../errors/problem.ts";
import type { MountSpec } from "../spec/container-spec.ts";
import type { ContainerInput } from "./resolve-container.ts";

/** Volumes -> absolute paths on this host. Data lies under `<dataRoot>/<app>/`; host paths need the node's consent. */
export function resolveMounts(input: ContainerInput): {
  readonly mounts: readonly MountSpec[];
  readonly problems: readonly Problem[];
} {
  const { container, manifest, dataRoot, providers } = input;
  const mounts: MountSpec[] = [];
  const problems: Problem[] = [];
  for (const [index, volume] of container.volumes.entries()) {
    const { target } = volume;
    if (volume.app !== undefined) {
      // The app itself, or the alias of a requirement by interface: then whoever serves it.
      const app = volume.app in providers ? providers[volume.app] : volume.app;
      if (typeof app !== "string") continue; // optional, and nobody serves it
      mounts.push({ source: `${dataRoot}/${app}/${volume.source}`, target, readOnly: true, kind: "shared" });
    } else if (volume.source.startsWith("/")) {
      if (!input.allowHostPaths) {
        problems.push({
          code: "ARC_UNRESOLVED",
          message: `${manifest.id} wants to mount ${volume.source} of this host; consent with allow.host_paths in node.yml`,
          path: `volumes.${index}.source`,
        });
      }
      mounts.push({ source: volume.source, target, readOnly: volume.read_only, kind: "host" });
    } else {
      const source = `${dataRoot}/${manifest.id}/${volume.source}`;
      mounts.push({ source, target, readOnly: volume.read_only, kind: "data" });
    }
  }
  return { mounts, problems };
}
