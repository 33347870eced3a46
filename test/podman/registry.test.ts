import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PodmanEngine } from "../../src/adapters/podman/podman-engine.ts";
import { ping } from "../../src/adapters/podman/podman-service.ts";
import { readProcessLimits } from "../../src/adapters/podman/process-limits.ts";
import { LIMITED_RETRY_MS } from "../../src/adapters/podman/registry-trouble.ts";
import type { ErrorCode } from "../../src/core/errors/codes.ts";
import { fetchTrouble } from "../../src/core/errors/fetch-trouble.ts";
import { FIRST_WORD_MS, LONGEST_SILENCE_MS, fetchImage } from "../../src/engine/fetch-image.ts";
import { Semaphore } from "../../src/engine/semaphore.ts";
import { FakeClock } from "../../src/testkit/fake-clock.ts";
import { FaultyRegistry, type RegistryFault } from "./faulty-registry.ts";
import { BUSYBOX } from "./images.ts";
import { CLOSED_HOST, LocalRegistry } from "./local-registry.ts";
import { podmanEngine } from "./podman-harness.ts";

const run = promisify(execFile);
const podman = (...args: readonly string[]) => run("podman", args);
const code = (name: string): unknown => expect.objectContaining({ name: "ArcError", code: name });

/** Without what other tests left, or a layer would be here already and never asked for. */
async function forget(...references: readonly string[]): Promise<void> {
  using engine = podmanEngine();
  for (const reference of references) await engine.removeImage(reference);
}

describe("a registry in trouble is told apart", () => {
  const world: { registry?: FaultyRegistry } = {};
  beforeAll(async () => {
    world.registry = await FaultyRegistry.start();
  });
  afterAll(() => world.registry?.[Symbol.asyncDispose]());

  it.each<[RegistryFault, ErrorCode, ReturnType<typeof fetchTrouble>, string]>([
    ["not-found", "ARC_IMAGE_NOT_FOUND", "permanent", "manifest unknown"],
    ["unauthorised", "ARC_IMAGE_DENIED", "permanent", "unauthorized"],
    ["denied", "ARC_IMAGE_DENIED", "permanent", "denied"],
    ["altered", "ARC_IMAGE_DIGEST", "permanent", "Digest did not match"],
    ["hangs-up", "ARC_REGISTRY_REFUSED", "passing", "EOF"],
    ["truncated", "ARC_REGISTRY_REFUSED", "passing", "unexpected EOF"],
    ["broken", "ARC_IMAGE_PULL", "passing", "500 Internal Server Error"],
  ])("%s is %s, and %s", async (fault, expected, trouble, words) => {
    using engine = podmanEngine();
    const { reference } = FaultyRegistry.image(fault);
    await forget(FaultyRegistry.image("good").reference);
    const pull = engine.pull(reference, { signal: AbortSignal.timeout(60_000) });
    await expect(pull).rejects.toThrow(code(expected));
    await expect(pull).rejects.toThrow(words);
    expect(fetchTrouble(expected)).toBe(trouble);
    expect(await engine.imageExists(reference)).toBe(false);
  });

  it("good is no trouble", async () => {
    using engine = podmanEngine();
    const { reference, digest } = FaultyRegistry.image("good");
    await engine.pull(`${reference}@${digest}`, {});
    expect(await engine.imageExists(`${reference}@${digest}`)).toBe(true);
    await engine.removeImage(`${reference}@${digest}`);
  });

  it("a manifest that is not what its digest promises is ARC_IMAGE_DIGEST", async () => {
    using engine = podmanEngine();
    const { reference, digest } = FaultyRegistry.image("altered-manifest");
    await expect(engine.pull(`${reference}@${digest}`, {})).rejects.toThrow(code("ARC_IMAGE_DIGEST"));
  });

  it("a limit is ARC_REGISTRY_LIMITED, with the time that the registry names", async () => {
    using engine = podmanEngine();
    const pull = engine.pull(FaultyRegistry.image("limited").reference, { signal: AbortSignal.timeout(60_000) });
    await expect(pull).rejects.toMatchObject({ code: "ARC_REGISTRY_LIMITED", retryAfter: 90_000 });
    expect(LIMITED_RETRY_MS).toBeGreaterThan(90_000);
  });

  it("a closed port is ARC_REGISTRY_REFUSED", async () => {
    using engine = podmanEngine();
    await expect(engine.pull(`${CLOSED_HOST}/none:1`, {})).rejects.toThrow(code("ARC_REGISTRY_REFUSED"));
  });

  it("a host without a route is ARC_REGISTRY_REFUSED", async () => {
    using engine = podmanEngine();
    await expect(engine.pull("192.0.2.1/none:1", {})).rejects.toThrow(code("ARC_REGISTRY_REFUSED"));
  });

  it("a name that can't be looked up is ARC_REGISTRY_DNS", async () => {
    using engine = podmanEngine();
    await expect(engine.pull("registry.invalid/none:1", {})).rejects.toThrow(code("ARC_REGISTRY_DNS"));
  });

  it("plain http where TLS is expected is ARC_REGISTRY_TLS", async () => {
    using engine = podmanEngine();
    const reference = FaultyRegistry.image("good").reference.replace("127.0.0.1", "localhost");
    await expect(engine.pull(reference, {})).rejects.toThrow(code("ARC_REGISTRY_TLS"));
  });

  it("a build whose base can't be fetched fails as the pull does", async () => {
    using engine = podmanEngine();
    const context = await mkdtemp(join(tmpdir(), "build-"));
    await writeFile(join(context, "Containerfile"), `FROM ${FaultyRegistry.image("not-found").reference}\nENV A=b\n`);
    const spec = { digest: "", context, containerfile: "Containerfile", args: {} };
    await expect(engine.build(spec, "localhost/never:1", {})).rejects.toThrow(code("ARC_IMAGE_NOT_FOUND"));
    await rm(context, { recursive: true });
  });

  it.each<[RegistryFault, (line: string) => boolean, number]>([
    ["silent", (line) => line.startsWith("Trying to pull"), FIRST_WORD_MS],
    ["stops-in-a-layer", (line) => line.startsWith("Copying blob"), LONGEST_SILENCE_MS],
  ])("%s is ARC_REGISTRY_SILENT after its time", async (fault, isLast, limit) => {
    using engine = podmanEngine();
    const clock = new FakeClock();
    const { reference } = FaultyRegistry.image(fault);
    await forget(FaultyRegistry.image("good").reference);
    let heard = (): void => undefined;
    const lastWord = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const fetched = fetchImage(
      reference,
      {
        clock,
        fetches: new Semaphore(1),
        signal: AbortSignal.timeout(60_000),
        progress: ({ line }) => isLast(line) && heard(),
      },
      (options) => engine.pull(reference, options),
    );
    let ended = false;
    fetched.catch(() => {
      ended = true;
    });
    await lastWord;
    await clock.advance(limit - 1);
    expect(ended).toBe(false);
    await clock.advance(1);
    await expect(fetched).rejects.toThrow(code("ARC_REGISTRY_SILENT"));
  });
});

describe("a full disk", () => {
  it("is ARC_DISK_FULL, for a pull and for a build", async () => {
    await using registry = await LocalRegistry.start();
    await using small = await SmallStore.make();
    const { reference } = await registry.push(BUSYBOX, "busybox:1");
    await expect(small.engine.pull(reference, {})).rejects.toThrow(code("ARC_DISK_FULL"));
    const context = join(small.folder, "context");
    await mkdir(context);
    await run("truncate", ["--size=4M", join(context, "large")]);
    await writeFile(join(context, "Containerfile"), "FROM scratch\nCOPY large /large\n");
    const spec = { digest: "", context, containerfile: "Containerfile", args: {} };
    await expect(small.engine.build(spec, "localhost/large:1", {})).rejects.toThrow(code("ARC_DISK_FULL"));
  });
});

describe("an image that was chosen from a list for several machines", () => {
  it("is there by the digest of the list, and goes by it", async () => {
    await using registry = await LocalRegistry.start();
    using engine = podmanEngine();
    const folder = await mkdtemp(join(tmpdir(), "list-"));
    // An image of its own: with another name it would stay.
    const [list, tag, reference] = ["localhost/list:1", "localhost/chosen:1", registry.reference("list:1")];
    await writeFile(join(folder, "Containerfile"), `FROM ${BUSYBOX}\nLABEL chosen=yes\n`);
    await engine.build({ digest: "", context: folder, containerfile: "Containerfile", args: {} }, tag, {});
    await podman("manifest", "create", list);
    await podman("manifest", "add", list, `containers-storage:${tag}`);
    const file = join(folder, "digest");
    await podman("manifest", "push", "--all", "--digestfile", file, list, `docker://${reference}`);
    await podman("manifest", "rm", list);
    await engine.removeImage(tag);
    const pinned = `${reference}@${(await readFile(file, "utf8")).trim()}`;
    for (const asked of [reference, pinned]) {
      await engine.pull(asked, {});
      expect(await engine.imageExists(pinned), asked).toBe(true);
      expect((await engine.image(pinned))?.digests, asked).toHaveLength(2);
      await engine.removeImage(pinned);
      expect(await engine.image(pinned), asked).toBeNull();
    }
    await rm(folder, { recursive: true });
  });
});

describe("an image that came as a file", () => {
  it.each(["oci-archive", "docker-archive"])("is there by the digest that Podman shows of it: %s", async (format) => {
    using engine = podmanEngine();
    const folder = await mkdtemp(join(tmpdir(), "archive-"));
    const [tag, file] = [`localhost/archived-${format}:1`, join(folder, "image.tar")];
    await podman("tag", BUSYBOX, tag);
    await podman("save", "--quiet", "--format", format, "--output", file, tag);
    await podman("untag", BUSYBOX, tag);
    await podman("load", "--quiet", "--input", file);
    const [digest = ""] = (await engine.image(tag))?.digests.filter((each) => each.includes("archived")) ?? [];
    const pinned = `${tag}@${digest.split("@")[1] ?? ""}`;
    expect(await engine.imageExists(pinned)).toBe(true);
    expect((await engine.image(pinned))?.references).toContain(tag);
    await podman("untag", tag, tag);
    await rm(folder, { recursive: true });
  });
});

/** A Podman of its own whose store has no room. */
class SmallStore implements AsyncDisposable {
  readonly folder: string;
  readonly engine: PodmanEngine;
  readonly #end: () => Promise<void>;

  private constructor(folder: string, engine: PodmanEngine, end: () => Promise<void>) {
    this.folder = folder;
    this.engine = engine;
    this.#end = end;
  }

  static async make(): Promise<SmallStore> {
    const folder = await mkdtemp(join(tmpdir(), "small-"));
    const store = join(folder, "store");
    await mkdir(store);
    await run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", store]);
    const socket = join(folder, "podman.sock");
    const storage = ["--root", join(store, "root"), "--runroot", join(store, "run"), "--storage-driver", "vfs"];
    const child = spawn("podman", [...storage, "system", "service", "--time=0", `unix://${socket}`], {
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await vi.waitUntil(() => ping(socket), { timeout: 20_000, interval: 50 });
    const engine = new PodmanEngine({ socket: () => socket, limits: readProcessLimits() });
    return new SmallStore(folder, engine, async () => {
      engine[Symbol.dispose]();
      child.kill("SIGTERM");
      await ended;
      await run("umount", ["--lazy", store]);
      await rm(folder, { recursive: true });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
