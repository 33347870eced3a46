import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { create } from "tar";

/** What an image says of itself besides its files. */
export interface ImageConfig {
  readonly architecture: string;
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly StopSignal: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/**
 * Writes `rootfs` as a one-layer image into `archive`, in the format of `podman save` and `podman load`. Needs no
 * engine. The same files give the same image id: times and owners are left out.
 */
export async function writeImageArchive(
  rootfs: string,
  archive: string,
  reference: string,
  { architecture, ...config }: ImageConfig,
): Promise<void> {
  const staging = `${archive}.staging`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const layer = path.join(staging, "layer.tar");
  // `portable` drops user and group: everything belongs to root.
  await create({ cwd: rootfs, portable: true, mtime: new Date(0), noDirRecurse: true, file: layer }, walk(rootfs));
  const image = {
    architecture,
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config,
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "archipelago base-image" }],
  };
  writeFileSync(path.join(staging, "config.json"), JSON.stringify(image));
  const index = [{ Config: "config.json", RepoTags: [reference], Layers: ["layer.tar"] }];
  writeFileSync(path.join(staging, "manifest.json"), JSON.stringify(index));
  const whole = path.join(staging, "image.tar");
  await create({ cwd: staging, portable: true, file: whole }, ["manifest.json", "config.json", "layer.tar"]);
  renameSync(whole, archive);
  rmSync(staging, { recursive: true, force: true });
}

/** Every path below `root`, sorted: the order of a directory differs by filesystem. Links are listed, never entered. */
function walk(root: string, below = ""): string[] {
  const entries = readdirSync(path.join(root, below), { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const name = path.join(below, entry.name);
      return entry.isDirectory() ? [name, ...walk(root, name)] : [name];
    })
    .sort();
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
