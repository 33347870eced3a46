import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { debianArchitecture } from "./base-image/debian-packages.ts";
import { writeImageArchive } from "./base-image/image-archive.ts";
import { fillNginxRootfs } from "./base-image/nginx-rootfs.ts";
import { pull } from "./base-image/pull.ts";
import { baseImageReference } from "./base-image/reference.ts";

const root = path.dirname(import.meta.dirname);
const cache = path.join(root, "node_modules", ".cache", "archipelago-images");

/**
 * A directory with the stand-in of the UI apps' base image as a tar for `podman load`, made from Debian's nginx packages
 * when it is not there yet. Needs Debian's mirror the first time, and no engine at all.
 */
export async function standInDirectory(): Promise<string> {
  const reference = baseImageReference(path.join(root, "apps"));
  const archive = path.join(cache, "nginx.tar");
  const stamp = path.join(cache, "made-by");
  const recipe = recipeDigest(reference);
  if (existsSync(archive) && existsSync(stamp) && readFileSync(stamp, "utf8") === recipe) return cache;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const rootfs = path.join(cache, "rootfs");
  fillNginxRootfs(rootfs);
  await writeImageArchive(rootfs, archive, reference, {
    architecture: debianArchitecture(),
    Cmd: ["nginx", "-g", "daemon off;"],
    Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    StopSignal: "SIGQUIT",
    Labels: { "archipelago.stand-in": "Debian's nginx, unpacked" },
  });
  rmSync(rootfs, { recursive: true, force: true });
  writeFileSync(stamp, recipe);
  return cache;
}

/** Changes with the image's name and with the code that makes it, so that no stale tar is ever loaded. */
function recipeDigest(reference: string): string {
  const hash = createHash("sha256").update(reference);
  const sources = path.join(import.meta.dirname, "base-image");
  for (const file of readdirSync(sources).sort()) hash.update(readFileSync(path.join(sources, file)));
  return hash.digest("hex");
}

/** Sees to it that the base image is in the engine's store: as it is, pulled, or as a stand-in. */
async function load(): Promise<void> {
  const reference = baseImageReference(path.join(root, "apps"));
  if (spawnSync("podman", ["image", "exists", reference], { stdio: "ignore" }).status === 0) return;
  if (process.env.ARCHIPELAGO_OFFLINE !== "1") {
    console.log(`base-image: pulling ${reference}`);
    const failure = await pull(reference);
    if (failure === null) return;
    console.log(`base-image: ${reference} can't be pulled (${failure})`);
  }
  console.log(`base-image: making a stand-in named ${reference} from Debian's nginx packages`);
  const archive = path.join(await standInDirectory(), "nginx.tar");
  const loaded = spawnSync("podman", ["load", "--quiet", "--input", archive], { encoding: "utf8" });
  if (loaded.status !== 0) throw new Error(`podman load: ${loaded.stderr || String(loaded.error)}`);
}

if (import.meta.main) {
  const verb = process.argv[2];
  try {
    if (verb === "make") console.log(await standInDirectory());
    else if (verb === "load") await load();
    else throw new Error("usage: base-image.ts make|load");
  } catch (error) {
    // A command's failure carries all that it printed: its last line says why.
    const said = error instanceof Error ? error.message.trimEnd().split("\n").at(-1) : String(error);
    console.error(`base-image: that failed: ${said}`);
    process.exitCode = 1;
  }
}
