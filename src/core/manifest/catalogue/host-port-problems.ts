import type { Problem } from "../../errors/problem.ts";
import type { Manifest } from "../manifest.ts";
import type { Path } from "../path.ts";
import { bindsOverlap } from "../port-overlap.ts";
import type { CatalogueIndex } from "./catalogue-index.ts";
import type { CataloguePlaces } from "./catalogue-places.ts";

interface Published {
  readonly manifest: Manifest;
  readonly path: Path;
  readonly bind: string;
}

/**
 * Host ports that two apps publish, so that they could not run side by side.
 *
 * Apps that provide a common interface may share one: they are alternatives (two Bitcoin nodes both want 8333), a node
 * rarely runs both, and other programs expect the customary port of either. Where a node does want both, its plan
 * says so before anything is bound, and node.yml moves one of them.
 */
export function hostPortProblems(index: CatalogueIndex, places: CataloguePlaces): readonly Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, Published[]>();
  for (const manifest of index.apps.values()) {
    for (const [name, container] of Object.entries(manifest.containers)) {
      for (const [at, { host, protocol, bind }] of container.ports.entries()) {
        const port = `${host}/${protocol}`;
        const path = ["containers", name, "ports", at, "host"];
        const others = taken.get(port) ?? [];
        const clash = others.find(
          (other) => bindsOverlap(other.bind, bind) && !areAlternatives(other.manifest, manifest),
        );
        if (clash) {
          const message = `host port ${port} of ${manifest.id} is published by ${clash.manifest.id} too`;
          problems.push(places.problem(manifest.id, path, message));
        }
        others.push({ manifest, path, bind });
        taken.set(port, others);
      }
    }
  }
  return problems;
}

/** Also true of an app and itself: its own ports were checked when it was parsed. */
function areAlternatives(a: Manifest, b: Manifest): boolean {
  return a.id === b.id || Object.keys(a.provides).some((name) => Object.hasOwn(b.provides, name));
}
