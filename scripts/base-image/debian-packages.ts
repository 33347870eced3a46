import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

/** Debian's architecture name for this machine, which is also OCI's: amd64, arm64. */
export function debianArchitecture(): string {
  return run("dpkg", ["--print-architecture"]).trim();
}

/**
 * Unpacks `packages` and every library they need into `rootfs`, without installing anything: no maintainer script
 * runs. Other dependencies (tools that scripts would call) are left out on purpose.
 */
export function unpackDebian(packages: readonly string[], rootfs: string): void {
  const wanted = [...packages, ...libraries(packages)];
  const downloads = `${rootfs}.debs`;
  rmSync(downloads, { recursive: true, force: true });
  mkdirSync(downloads, { recursive: true });
  try {
    download(wanted, downloads);
  } catch {
    // Lists that are missing or too old name files that the mirror no longer has.
    run("apt-get", ["update"]);
    download(wanted, downloads);
  }
  mkdirSync(rootfs, { recursive: true });
  for (const deb of readdirSync(downloads).filter((name) => name.endsWith(".deb"))) {
    run("dpkg-deb", ["--extract", path.join(downloads, deb), rootfs]);
  }
  rmSync(downloads, { recursive: true, force: true });
}

function download(packages: readonly string[], directory: string): void {
  // Without the sandbox user apt can write into a directory that only root may enter.
  const options = ["-o", "APT::Sandbox::User=root", "--quiet"];
  run("apt-get", [...options, "download", ...packages], directory);
}

/** Libraries below the packages, all levels down. Debian calls them lib*, and one of them zlib1g. */
function libraries(packages: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const waiting = [...packages];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const dependency of dependencies(name)) {
      if (found.has(dependency) || !/^(lib|zlib1g)/.test(dependency)) continue;
      found.add(dependency);
      waiting.push(dependency);
    }
  }
  return [...found].sort();
}

function dependencies(name: string): readonly string[] {
  const lines = run("apt-cache", ["depends", "--important", "--no-recommends", "--no-suggests", name]).split("\n");
  return lines.flatMap((line) => /^ {2}(?:Pre)?Depends: ([a-z0-9.+-]+)/.exec(line)?.[1] ?? []);
}

function run(command: string, args: readonly string[], cwd?: string): string {
  return execFileSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
    ...(cwd === undefined ? {} : { cwd }),
  });
}
