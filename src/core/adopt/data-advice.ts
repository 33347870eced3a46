import type { MountPair } from "../diff/read-mounts.ts";
import type { Candidate } from "./find-candidates.ts";

/** Where data lies that a new container would not find, where it would have to be, and how it gets there. */
export function dataAdvice({ found: container }: Candidate, { target, wanted, found }: MountPair): string {
  const { name } = container;
  if (!found) {
    const source = wanted?.source ?? "";
    return (
      `${name} keeps ${target} inside itself, where it would go with the container: stop it, ` +
      `\`podman cp ${name}:${target}/. ${source}\`, remove it, then install the app.`
    );
  }
  const place = found.kind === "volume" ? `the volume ${found.name} (${found.source})` : found.source;
  if (!wanted) {
    return (
      `${name} has ${place} mounted at ${target}, which the manifest does not know: ` +
      `make it again without that mount if nothing in there is needed, then adopt again.`
    );
  }
  if (wanted.kind === "shared") {
    return `${name} reads ${target} from ${place}, which has to be ${wanted.source}: adopt the app whose data that is first.`;
  }
  return (
    `${name}'s data for ${target} lies in ${place}: stop it, move that folder to ${wanted.source} ` +
    `and leave a link to it at ${found.source}, then adopt again.`
  );
}
