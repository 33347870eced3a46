import type { DesiredApp } from "../desired/desired.ts";
import { MAIN_CONTAINER } from "../manifest/manifest.ts";
import type { ContainerSummary } from "../observed/observed.ts";
import { sameProgram, type ImageIds } from "./program.ts";

/** A container that looks like one of an app's. One that could be two of them by its image is two candidates. */
export interface Candidate {
  readonly found: ContainerSummary;
  /** The app's container that it looks like. */
  readonly container: string;
  /** `name` alone: it runs another program, and is never touched. `image` alone: a person must name it. */
  readonly by: "name" | "image" | "both";
  /** Ours already, by its labels or by the record of what was taken over. */
  readonly ours: boolean;
}

export interface Surroundings {
  readonly isOurs: (found: ContainerSummary) => boolean;
  readonly images: ImageIds;
}

type Wanted = Pick<DesiredApp, "id" | "containers">;

/** Containers that look like the app's by name or image, those that are most alike first. */
export function findCandidates(
  app: Wanted,
  containers: readonly ContainerSummary[],
  { isOurs, images }: Surroundings,
): readonly Candidate[] {
  return containers
    .flatMap((found): readonly Candidate[] => {
      const ours = isOurs(found);
      const named = app.containers.find(({ name }) => isNameOf(found.name, app.id, name));
      const alike = app.containers.filter(({ spec }) => sameProgram(found, spec.image, images));
      if (named) return [{ found, container: named.name, by: alike.includes(named) ? "both" : "name", ours }];
      return alike.map(({ name }) => ({ found, container: name, by: "image", ours }));
    })
    .toSorted((a, b) => ORDER[a.by] - ORDER[b.by] || (a.found.name < b.found.name ? -1 : 1));
}

const ORDER = { both: 0, image: 1, name: 2 } as const satisfies Record<Candidate["by"], number>;

/** How people and scripts name the container of an app, with or without our generation behind it. */
function isNameOf(name: string, app: string, container: string): boolean {
  const plain = name.replace(/\.g\d+$/, "");
  const stems = [app, `archy-${app}`];
  const names = stems.flatMap((stem) => [`${stem}--${container}`, `${stem}-${container}`, `${stem}_${container}`]);
  return names.includes(plain) || (container === MAIN_CONTAINER && stems.includes(plain));
}
