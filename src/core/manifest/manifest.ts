import type { Problem } from "../errors/problem.ts";
import type { AppId } from "../ids.ts";
import type { ContainerManifest } from "./container-schema.ts";
import type { ManifestDocument } from "./manifest-schema.ts";

/** The name of the container that `container:` (the singular) declares. */
export const MAIN_CONTAINER = "main";

/** A valid manifest, in one shape: `container: X` has become `containers: { main: X }`. */
export interface Manifest extends Omit<ManifestDocument, "id" | "container" | "containers"> {
  readonly id: AppId;
  readonly containers: Readonly<Record<string, ContainerManifest>>;
}

/** An app's folder as read from the disk: everything that parse and resolve need, and nothing they must fetch. */
export interface AppFolder {
  /** The folder's name; must equal the manifest's id. */
  readonly name: string;
  /** Where it is, for messages and for the build's tar stream. Absolute. */
  readonly path: string;
  /** The path of manifest.yml as it is shown in messages. */
  readonly manifestFile: string;
  readonly manifestText: string;
  /** Every other regular file below the folder, by path relative to it. */
  readonly files: ReadonlyMap<string, AppFile>;
  /** Relative paths of symbolic links that lead out of the folder; using one of them is refused. */
  readonly escapes: ReadonlySet<string>;
  /**
   * Why the folder could not be read whole (too large, an I/O error, a manifest that is no text); absent where it could.
   * Such a folder describes no app: `manifestText` is empty then, so that nothing is built from half of it.
   */
  readonly problems?: readonly Problem[];
}

export interface AppFile {
  /** Hex sha256 of the content. */
  readonly digest: string;
  /** Permission bits. */
  readonly mode: number;
  /** The text, for files of at most 1 MB that are valid UTF-8 without NUL; else null. */
  readonly text: string | null;
}

/** Network alias and name stem of a container: `bitcoin-ui` for the main one, `lnd--ui` for others. */
export function containerAlias(app: string, container: string): string {
  return container === MAIN_CONTAINER ? app : `${app}--${container}`;
}
