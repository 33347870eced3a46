import type { DesiredContainer } from "../desired/desired.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import type { FileSpec } from "../spec/container-spec.ts";
import { decodeLiveRecord } from "../spec/live-record.ts";
import type { DiffEntry } from "./diff.ts";
import { originOf } from "./diff-spec.ts";

/** Rendered files that are not as they should be, apart by what puts them right. */
export interface FileDrift {
  /** Edited or deleted behind our back: rendered anew, and the container restarted, for it may have read them. */
  readonly restart: readonly DiffEntry[];
  /** Files that the program reads again on a signal: written through, then signalled. Signal -> differences. */
  readonly reload: ReadonlyMap<string, readonly DiffEntry[]>;
}

/** desired against the disk. Contents are compared by sha256; what is shown is a digest, of a secret file only a word. */
export function fileDrift(desired: DesiredContainer, found: OwnContainer): FileDrift {
  const restart: DiffEntry[] = [];
  const reload = new Map<string, DiffEntry[]>();
  const record = decodeLiveRecord(found.record);
  for (const file of desired.spec.files) {
    const disk = found.files.get(file.target);
    const same = disk !== undefined && disk.sha256 === desired.fileSums[file.target] && disk.mode === file.mode;
    if (file.onChange === "restart") {
      if (!same) restart.push(entry(file, disk, { origin: "outside", impact: "restart" }));
      continue;
    }
    const { signal } = file.onChange;
    const pending = record.pending.includes(file.target);
    if (same && !pending) continue;
    const path = `files.${file.target}`;
    const last = record.files[file.target];
    const attribution =
      last === undefined || last.digest === file.digest
        ? { origin: pending ? ("manifest" as const) : ("outside" as const) }
        : originOf(path, desired.inputs, { [path]: last.inputs });
    const entries = reload.get(signal) ?? [];
    entries.push({ ...entry(file, disk, { origin: "outside", impact: "live" }), ...attribution });
    reload.set(signal, entries);
  }
  return { restart, reload };
}

function entry(
  file: FileSpec,
  disk: { readonly sha256: string | null; readonly mode: string | null } | undefined,
  rest: Pick<DiffEntry, "origin" | "impact">,
): DiffEntry {
  const wanted = file.secret ? "as rendered (holds a secret)" : file.digest.slice(0, 19);
  return {
    path: `files.${file.target}`,
    desired: `${file.mode} ${wanted}`,
    observed: describeDisk(file, disk),
    ...rest,
  };
}

function describeDisk(
  file: FileSpec,
  disk: { readonly sha256: string | null; readonly mode: string | null } | undefined,
) {
  if (!disk || disk.sha256 === null) return null;
  return `${disk.mode ?? file.mode} ${file.secret ? "another content" : `sha256:${disk.sha256.slice(0, 12)}`}`;
}
