import { execFile } from "node:child_process";
import { readFile, statfs } from "node:fs/promises";
import { promisify } from "node:util";
import type { DoctorFacts } from "./doctor.ts";
import { findProgram, readPodmanHost } from "./host-facts.ts";
import { PodmanEngine } from "./podman-engine.ts";

const run = promisify(execFile);

/** Podman looks for its helpers here, outside of PATH. */
const HELPERS = ["/usr/libexec/podman", "/usr/lib/podman", "/usr/local/libexec/podman", "/usr/local/lib/podman"];

/** Gathers what `diagnose` decides from; starts nothing. `home`: where data is kept. */
export async function gatherDoctorFacts(
  home: string,
  socket: string,
  signal: AbortSignal,
  path: string = process.env["PATH"] ?? "",
): Promise<DoctorFacts> {
  const host = readPodmanHost(path);
  const mounts = await readFile("/proc/self/mounts", "utf8");
  const find = (name: string): string | null => findProgram(name, path, HELPERS);
  return {
    root: process.getuid?.() === 0,
    host,
    programs: {
      podman: find("podman"),
      conmon: find("conmon"),
      netavark: find("netavark"),
      "aardvark-dns": find("aardvark-dns"),
      catatonit: find("catatonit"),
      iptables: find("iptables"),
      nft: find("nft"),
      ip: find("ip"),
    },
    podmanVersion: await podmanVersion(signal),
    socket,
    service: await service(socket, host.limits, signal),
    storageFilesystem: filesystemOf("/var/lib/containers", mounts),
    runFilesystem: filesystemOf("/run", mounts),
    freeBytes: await freeBytes(home),
  };
}

async function podmanVersion(signal: AbortSignal): Promise<string | null> {
  try {
    const { stdout } = await run("podman", ["--version"], { signal });
    return /(\d+\.\d+(\.\d+)?)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

async function service(
  socket: string,
  limits: DoctorFacts["host"]["limits"],
  signal: AbortSignal,
): Promise<DoctorFacts["service"]> {
  using engine = new PodmanEngine({ socket: () => socket, limits });
  try {
    return await engine.info(signal);
  } catch {
    return null;
  }
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path).catch(() => statfs("/"));
  return bavail * bsize;
}

/** The type of the mount that a path lies on; `mounts` as in /proc/self/mounts, where later lines cover earlier ones. */
export function filesystemOf(path: string, mounts: string): string {
  let best = { target: "", type: "unknown" };
  for (const line of mounts.split("\n")) {
    const [, target = "", type = ""] = line.split(" ");
    const covers = target === "/" || path === target || path.startsWith(`${target}/`);
    if (covers && target.length >= best.target.length) best = { target, type };
  }
  return best.type;
}
