import { createHash } from "node:crypto";
import type { AppFile, AppFolder } from "../core/manifest/manifest.ts";

/** What an invented folder may have besides its texts. */
export interface AppFolderOptions {
  /** Relative paths of symbolic links that lead out of the folder. */
  readonly escapes?: readonly string[];
  /** Absolute path of the folder; default `/catalogue/<name>`. */
  readonly path?: string;
}

/**
 * An app's folder made from texts, as the catalogue would have read it: `manifest.yml` is the manifest, everything else
 * a file of mode 0644. Messages show the manifest as `apps/<name>/manifest.yml`.
 */
export function appFolder(
  name: string,
  files: Readonly<Record<string, string>>,
  options: AppFolderOptions = {},
): AppFolder {
  const others = Object.entries(files).filter(([path]) => path !== "manifest.yml");
  return {
    name,
    path: options.path ?? `/catalogue/${name}`,
    manifestFile: `apps/${name}/manifest.yml`,
    manifestText: files["manifest.yml"] ?? "",
    files: new Map(others.map(([path, text]) => [path, appFile(text)])),
    escapes: new Set(options.escapes ?? []),
  };
}

function appFile(text: string): AppFile {
  return { digest: createHash("sha256").update(text).digest("hex"), mode: 0o644, text };
}
