import type { Position, Problem } from "../../errors/problem.ts";
import { MAIN_CONTAINER, type AppFolder } from "../manifest.ts";
import { formatPath, type Path } from "../path.ts";
import { get } from "../raw-value.ts";
import { readYaml } from "../read-yaml.ts";
import type { YamlSource } from "../yaml-source.ts";

/** Makes the problems of a catalogue. Where an app's folder is known they carry line and column. */
export class CataloguePlaces {
  readonly #folders: ReadonlyMap<string, AppFolder>;
  /** A manifest is read again for its places only when it has a problem. */
  readonly #sources = new Map<string, YamlSource | null>();

  constructor(folders: ReadonlyMap<string, AppFolder>) {
    this.#folders = folders;
  }

  folder(app: string): AppFolder | undefined {
    return this.#folders.get(app);
  }

  /** A problem at a path of an app's manifest, or at a known place; `within` counts in the text at the path. */
  problem(
    app: string,
    path: Path,
    message: string,
    options: { readonly within?: { readonly line: number; readonly column: number }; readonly at?: Position } = {},
  ): Problem {
    const source = this.#source(app);
    const written = source ? asWritten(source, path) : path;
    const within = options.within && source?.within(written, options.within.line, options.within.column);
    const at = options.at ?? within ?? source?.position(written, "value");
    return { code: "ARC_CATALOGUE_INVALID", message, path: formatPath(written), ...(at ? { at } : {}) };
  }

  #source(app: string): YamlSource | null {
    const known = this.#sources.get(app);
    if (known !== undefined) return known;
    const folder = this.#folders.get(app);
    const read = folder && readYaml(folder.manifestText, folder.manifestFile, "ARC_CATALOGUE_INVALID");
    const source = read?.ok ? read.value : null;
    this.#sources.set(app, source);
    return source;
  }
}

/** `containers.main` may have been written as `container`. */
function asWritten(source: YamlSource, path: Path): Path {
  const single = path[0] === "containers" && path[1] === MAIN_CONTAINER && get(source.value, "container") !== undefined;
  return single ? ["container", ...path.slice(2)] : path;
}
