import { Buffer } from "node:buffer";
import { Header } from "tar";
import type { CreateRequest } from "../../ports/engine.ts";

/** A tmpfs as it shall be mounted. */
export interface TmpfsMount {
  readonly target: string;
  readonly options: readonly string[];
}

/** The manifest's, and what a read-only root needs: over the API none comes with it, unlike on the command line. */
export function tmpfsMounts({ spec, files }: CreateRequest): readonly TmpfsMount[] {
  const taken = new Set([...spec.mounts, ...spec.tmpfs, ...files].map((mount) => mount.target.replace(/\/+$/, "")));
  const scratch = spec.readOnly ? ["/run", "/tmp", "/var/tmp"].filter((path) => !taken.has(path)) : [];
  return [
    ...scratch.map((target) => ({ target, options: target === "/run" ? ["mode=0755"] : ["mode=1777"] })),
    ...spec.tmpfs,
  ];
}

/**
 * The folders under these mounts, as a tar to put into the container before its first start. runc (1.1.5) gives a tmpfs
 * the mode of the folder that is there, whatever `mode=` says, and makes a folder that is not there with mode 0755: so
 * the second start of the same container would find a /tmp that only root may write.
 */
export function tmpfsFolders(mounts: readonly TmpfsMount[]): Buffer {
  const blocks = mounts.map(({ target, options }) => {
    const mode = options.findLast((option) => option.startsWith("mode="))?.slice("mode=".length) ?? "1777";
    const block = Buffer.alloc(512);
    new Header({
      path: `${target.replace(/^\/+/, "").replace(/\/+$/, "")}/`,
      mode: Number.parseInt(mode, 8),
      uid: 0,
      gid: 0,
      size: 0,
      mtime: new Date(0),
      type: "Directory",
    }).encode(block);
    return block;
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
