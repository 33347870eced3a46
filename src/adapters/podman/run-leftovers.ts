import { execFile } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunLeftovers } from "../../ports/run-leftovers.ts";
import { isMissing } from "../files/errno.ts";

const run = promisify(execFile);

/** ms. Podman goes through all its containers once. */
const COMMAND = 60_000;

type Command = (program: string, args: readonly string[], signal?: AbortSignal) => Promise<unknown>;

/** As Podman's defaults for root have it. Elsewhere nothing is found, and nothing done. */
export interface RunPlaces {
  /** Podman's mark that it was used in this boot lies in it. */
  readonly tmp: string;
  /** Podman's locks, in shared memory: gone with each boot. */
  readonly locks: string;
  readonly networks: string;
  readonly namespaces: string;
  /** One folder each, with a folder for every container that the runtime knows. */
  readonly runtimes: readonly string[];
  readonly bootId: string;
}

const PLACES: RunPlaces = {
  tmp: "/run/libpod",
  locks: "/dev/shm/libpod_lock",
  networks: "/run/containers/networks",
  namespaces: "/run/netns",
  runtimes: ["/run/runc", "/run/crun"],
  bootId: "/proc/sys/kernel/random/boot_id",
};

const ID = /^[0-9a-f]{64}$/;
const NAMESPACE = /^netns-[0-9a-f-]{36}$/;

/**
 * Podman's own run-time state. With all of it gone Podman does what it does after every boot: each container that ran is
 * `created`, exit codes are kept, locks are given out anew. Left there on a disk (4.3.1):
 *
 * - no list at all while one container is said to run in a network namespace that is gone: "unknown FS magic";
 * - a start that says 304, because the container "runs", with a pid that may be any process by now;
 * - runc's "container with given ID already exists", after which Podman's service keeps the published port bound;
 * - a signal to whatever process has the pid of the former name server, and no name server;
 * - addresses that are never given back.
 *
 * From 5.1 on Podman itself sees that and refuses every command until the files are removed.
 */
export class PodmanRunLeftovers implements RunLeftovers {
  readonly #at: RunPlaces;
  readonly #command: Command;

  constructor(places: RunPlaces = PLACES, command: Command = execute) {
    this.#at = places;
    this.#command = command;
  }

  async signs(): Promise<readonly string[]> {
    const signs: string[] = [];
    const mark = textOf(this.#mark);
    if (mark !== null && !existsSync(this.#at.locks)) {
      signs.push(`${this.#mark} says that Podman was used in this boot, but its locks are not there`);
    }
    // 5.1 and later write the boot's id into it; 4.3 leaves it empty.
    if (mark && mark.trim() !== textOf(this.#at.bootId)?.trim()) {
      signs.push(`${this.#mark} names another boot`);
    }
    const dead = this.#deadNamespaces();
    if (dead.length > 0) signs.push(`network namespaces are gone: ${dead.join(", ")}`);
    return signs;
  }

  /** The mark goes before the namespaces: with those gone first, a crash would leave no sign and no list. */
  async forget(signal?: AbortSignal): Promise<void> {
    const { networks } = this.#at;
    for (const path of [...this.#runtimeStates(), join(networks, "ipam.db"), join(networks, "aardvark-dns")]) {
      await rm(path, { recursive: true, force: true });
    }
    await rm(this.#mark, { force: true });
    for (const path of this.#deadNamespaces()) await rm(path, { force: true });
    // A service that is up does it at its own start only. Where this fails, ours is not up yet and will.
    await this.#command("podman", ["ps", "--quiet"], signal).catch(() => undefined);
  }

  /** An empty namespace for each that is gone, mounted where Podman looks for it. No file is removed. */
  async standIn(signal?: AbortSignal): Promise<void> {
    for (const path of this.#deadNamespaces()) await this.#command("unshare", [`--net=${path}`, "true"], signal);
  }

  get #mark(): string {
    return join(this.#at.tmp, "alive");
  }

  /** A living one is a mount of its own; what is left of a dead one is the file that it was mounted on. */
  #deadNamespaces(): readonly string[] {
    const folder = lstatSync(this.#at.namespaces, { throwIfNoEntry: false });
    return namesIn(this.#at.namespaces)
      .filter((name) => NAMESPACE.test(name))
      .map((name) => join(this.#at.namespaces, name))
      .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.dev === folder?.dev);
  }

  /** Of Podman's containers alone: others use the same runtime. */
  #runtimeStates(): readonly string[] {
    return this.#at.runtimes.flatMap((folder) =>
      namesIn(folder)
        .filter((id) => ID.test(id))
        .filter((id) =>
          // runc's and crun's names for the file that tells where the container's bundle lies.
          ["state.json", "status"].some((file) =>
            textOf(join(folder, id, file))?.includes(`overlay-containers/${id}/userdata`),
          ),
        )
        .map((id) => join(folder, id)),
    );
  }
}

async function execute(program: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  await run(program, args, { timeout: COMMAND, ...(signal && { signal }) });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
