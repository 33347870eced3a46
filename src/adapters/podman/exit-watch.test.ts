import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchExits } from "./exit-watch.ts";

const id = (digit: string): string => digit.repeat(64);

describe("the exit watch", () => {
  const world = { root: "" };
  beforeEach(async () => {
    world.root = await mkdtemp(join(tmpdir(), "exits-"));
  });
  afterEach(async () => {
    await rm(world.root, { recursive: true });
  });

  /** As conmon does it: a temporary file, then a rename. Again and again until it is seen, because a new folder's watch begins a moment later. */
  const seen = async (exits: AsyncGenerator<string>, directory: string, name: string): Promise<string> => {
    const next = exits.next();
    const done = { value: false };
    void next.finally(() => (done.value = true));
    for (let round = 0; !done.value; round += 1) {
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, `${name}.${round}`), "0");
      await rename(join(directory, `${name}.${round}`), join(directory, name));
      await new Promise(setImmediate);
    }
    return String((await next).value);
  };

  it("names a container whose exit file appears, and nothing else", async () => {
    const stop = new AbortController();
    const exits = watchExits(world.root, stop.signal);
    await writeFile(join(world.root, "other"), "");
    expect(await seen(exits, world.root, id("a"))).toBe(id("a"));
    stop.abort();
    await exits.return(undefined);
  });

  it("waits for a folder that is not there yet, and finds it again when it was made anew", async () => {
    const directory = join(world.root, "libpod", "exits");
    const stop = new AbortController();
    const exits = watchExits(directory, stop.signal);
    expect(await seen(exits, directory, id("a"))).toBe(id("a"));
    await rm(join(world.root, "libpod"), { recursive: true });
    const later = async (): Promise<string> => {
      for (;;) {
        const name = await seen(exits, directory, id("b"));
        if (name === id("b")) return name;
      }
    };
    expect(await later()).toBe(id("b"));
    stop.abort();
  });

  it("ends when its signal fires", async () => {
    const stop = new AbortController();
    const next = watchExits(world.root, stop.signal).next();
    stop.abort();
    expect((await next).done).toBe(true);
  });
});
