import { execFile } from "node:child_process";
import { copyFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { LibpodClient } from "../src/adapters/podman/libpod-client.ts";
import { PodmanEngine } from "../src/adapters/podman/podman-engine.ts";
import { PodmanService } from "../src/adapters/podman/podman-service.ts";
import { readProcessLimits } from "../src/adapters/podman/process-limits.ts";

/** Answers HTTP on port 8080 a few milliseconds after its start, and ends at once. Made without any registry. */
export const IMAGE = "localhost/archipelago-bench/httpd:1";

const CONTAINERFILE = `FROM scratch
COPY busybox /bin/busybox
COPY index.html /www/index.html
STOPSIGNAL SIGKILL
CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
`;

const run = promisify(execFile);

/** As a person at the machine would: runs podman itself. */
export async function podman(...args: readonly string[]): Promise<string> {
  return (await run("podman", args, { maxBuffer: 16_000_000 })).stdout.trim();
}

/**
 * Where competitors meet: one Podman service for all, the image, and a folder of its own. Throws outside of a sandbox:
 * `clear` takes away every container and network of the machine.
 */
export class Stage implements AsyncDisposable {
  readonly folder: string;
  readonly service: PodmanService;
  readonly engine: PodmanEngine;
  readonly client: LibpodClient;

  private constructor(folder: string, service: PodmanService) {
    this.folder = folder;
    this.service = service;
    this.engine = new PodmanEngine({ socket: () => service.socket, limits: readProcessLimits() });
    this.client = new LibpodClient(() => service.socket);
  }

  static async set(): Promise<Stage> {
    if (process.env["SANDBOX_STORE"] === undefined) {
      throw new Error("this starts containers: run it as `scripts/sandbox node bench/<name>.ts`");
    }
    const folder = await mkdtemp(path.join(tmpdir(), "bench-"));
    const stage = new Stage(folder, new PodmanService({ home: folder }));
    await stage.service.ensure(AbortSignal.timeout(60_000));
    if (!(await stage.engine.imageExists(IMAGE))) await stage.#makeImage();
    await stage.#copyProgram();
    return stage;
  }

  /** The daemon as it is shipped. */
  get program(): string {
    return path.join(this.folder, "program", "bin", "archipelago");
  }

  /** A build while the benchmark runs must not take the program's parts away: it loads some of them late. */
  async #copyProgram(): Promise<void> {
    const repo = path.dirname(import.meta.dirname);
    const copy = path.join(this.folder, "program");
    for (const part of ["bin", "dist"]) await cp(path.join(repo, part), path.join(copy, part), { recursive: true });
    await symlink(path.join(repo, "node_modules"), path.join(copy, "node_modules"));
  }

  async #makeImage(): Promise<void> {
    const context = path.join(this.folder, "image");
    await mkdir(context);
    await copyFile("/bin/busybox", path.join(context, "busybox"));
    await writeFile(path.join(context, "index.html"), "here\n");
    await writeFile(path.join(context, "Containerfile"), CONTAINERFILE);
    await this.engine.build({ digest: "", context, containerfile: "Containerfile", args: {} }, IMAGE, {});
  }

  /** A fresh folder below the stage's own. */
  subfolder(name: string): Promise<string> {
    return mkdtemp(path.join(this.folder, `${name}-`));
  }

  /** An empty machine: no pod, no container, no network but Podman's own. */
  async clear(): Promise<void> {
    // Killed first: a pod waits out the grace of each of its containers, whatever it is told.
    const running = (await this.engine.list()).filter(({ state }) => state === "running");
    await Promise.all(running.map(({ id }) => this.engine.kill(id, "SIGKILL").catch(() => undefined)));
    await podman("pod", "rm", "--all", "--force", "--time", "0");
    await podman("rm", "--all", "--force", "--time", "0");
    const names = (await this.engine.networks()).map(({ name }) => name).filter((name) => name !== "podman");
    await Promise.all(names.map((name) => this.engine.removeNetwork(name)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clear();
    this.engine[Symbol.dispose]();
    this.client[Symbol.dispose]();
    await this.service[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
