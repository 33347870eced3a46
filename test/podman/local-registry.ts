import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { vi } from "vitest";

const run = promisify(execFile);

/** Where a registry of the tests listens. The sandbox has a network of its own, and test files run one by one. */
const HOST = "127.0.0.1:5000";
export const FAULTY_HOST = "127.0.0.1:5001";
/** Nobody listens here. */
export const CLOSED_HOST = "127.0.0.1:5009";

/**
 * Has every Podman service that is started after it, in this process or below it, speak plain http to these addresses:
 * the tests' own service as much as the daemon's. Podman reads the file once.
 */
export async function allowPlainRegistries(folder: string): Promise<void> {
  const file = join(folder, "registries.conf");
  const allowed = [HOST, FAULTY_HOST, CLOSED_HOST].map(
    (host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`,
  );
  await writeFile(file, allowed.join("\n"));
  process.env["CONTAINERS_REGISTRIES_CONF"] = file;
}

/**
 * Debian's docker-registry on loopback, empty at the start. Works for the tests' own service and for a RunningDaemon.
 *
 *     await using registry = await LocalRegistry.start();
 *     const { reference, digest } = await registry.push(BUSYBOX, "web:1");
 *     // node.yml or a manifest: `image: ${reference}` or `${reference}@${digest}`: the daemon pulls it from here.
 *     registry.reference("web:2");      // a pull of it is ARC_IMAGE_NOT_FOUND
 *     await registry.stop();            // and of anything from now on ARC_REGISTRY_REFUSED
 *     await registry.resume();          // it is back, with what it held
 *
 * What was pushed is still in Podman's store: push, then `podman rmi` it, to have the daemon pull it.
 */
export class LocalRegistry implements AsyncDisposable {
  #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
  }

  static async start(): Promise<LocalRegistry> {
    const folder = await mkdtemp(join(tmpdir(), "registry-"));
    const config = {
      version: "0.1",
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, "storage") } },
      http: { addr: HOST },
    };
    await writeFile(configIn(folder), JSON.stringify(config));
    const registry = new LocalRegistry(serve(folder), folder);
    await registry.#answers();
    return registry;
  }

  /** After `stop`: as it was before. */
  async resume(): Promise<void> {
    this.#child = serve(this.#folder);
    await this.#answers();
  }

  async #answers(): Promise<void> {
    const child = this.#child;
    // It takes each blob that is not there yet for an error: its words count only where it does not start.
    const said: string[] = [];
    child.stderr?.setEncoding("utf8").on("data", (text: string) => said.push(text));
    const failed = new Promise<never>((_, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`docker-registry ended with ${code}: ${said.join("")}`)));
    });
    try {
      await Promise.race([failed, vi.waitFor(() => fetch(`http://${HOST}/v2/`), { timeout: 10_000, interval: 20 })]);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
    // The race is over; an end later on is somebody's stop.
    failed.catch(() => undefined);
  }

  /** `name:tag` as Podman has to be asked for it. */
  reference(name: string): string {
    return `${HOST}/${name}`;
  }

  /** Copies an image of Podman's store into the registry, under this `name:tag`. */
  async push(image: string, name: string): Promise<{ readonly reference: string; readonly digest: string }> {
    const reference = this.reference(name);
    const file = join(this.#folder, "digest");
    await run("podman", ["push", "--quiet", "--digestfile", file, image, `docker://${reference}`]);
    return { reference, digest: (await readFile(file, "utf8")).trim() };
  }

  /** From now on the connection is refused. */
  async stop(): Promise<void> {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const configIn = (folder: string): string => join(folder, "config.yml");

function serve(folder: string): ChildProcess {
  return spawn("docker-registry", ["serve", configIn(folder)], { stdio: ["ignore", "ignore", "pipe"] });
}
