import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, renameSync, rmSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { writeFileAtomic } from "../files/atomic-write.ts";
import { temporarySibling } from "../files/leftover.ts";
import type { WatchedPath } from "./watched-path.ts";
import { watchPaths, type WatchOptions } from "./watch-paths.ts";

/** A root with a watch on it, and ways to wait for what it tells. */
function watched(paths: (root: string) => readonly WatchedPath[], options: WatchOptions = {}) {
  const folder = temporaryFolder();
  const marks = temporaryFolder();
  const queue = watch(marks.path);
  const told: string[] = [];
  let onTold = (): void => undefined;
  let watching: Disposable | null = null;
  let marked = 0;

  /** The kernel tells in order, in one queue for all watches: when a new mark is told, all before it has been told. */
  const settle = async (): Promise<void> => {
    marked += 1;
    const mark = String(marked);
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.on("change", (_event, name) => {
      if (name === mark) resolve();
    });
    writeFileSync(join(marks.path, mark), "");
    await promise;
    queue.removeAllListeners("change");
  };

  return {
    root: folder.path,
    at: (...names: readonly string[]) => join(folder.path, ...names),
    start: () => {
      watching = watchPaths(
        paths(folder.path),
        (label) => {
          told.push(label);
          onTold();
        },
        options,
      );
    },
    /** Waits for a hint that this change, and none before it, is the cause of. */
    hintAfter: async (change: () => void | Promise<void>): Promise<void> => {
      await settle();
      const { promise, resolve } = Promise.withResolvers<void>();
      onTold = resolve;
      await change();
      await promise;
    },
    /** What a change makes it tell, all of it. */
    toldAfter: async (change: () => void): Promise<readonly string[]> => {
      await settle();
      told.length = 0;
      change();
      await settle();
      return told;
    },
    [Symbol.dispose]: () => {
      watching?.[Symbol.dispose]();
      queue.close();
      marks[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

const nodeFile = (root: string): WatchedPath => ({ path: join(root, "node.yml"), label: "node.yml", recursive: false });
const catalogue = (root: string): WatchedPath => ({ path: join(root, "apps"), label: "catalogue", recursive: true });
const secrets = (root: string): WatchedPath => ({ path: join(root, "secrets"), label: "secrets", recursive: false });

describe("a watched file is told when", () => {
  const changes: readonly (readonly [string, (path: string) => void | Promise<void>])[] = [
    ["it is written in place", (path) => writeFileSync(path, "two")],
    ["another is renamed over it", (path) => writeFileAtomic(path, "two", { mode: 0o644 })],
    ["it is removed", (path) => rmSync(path)],
    ["it is moved away", (path) => renameSync(path, `${path}.old`)],
  ];
  test.each(changes)("%s, and still when it is written after that", async (_case, change) => {
    using node = watched((root) => [nodeFile(root)]);
    const path = node.at("node.yml");
    writeFileSync(path, "one");
    node.start();
    await node.hintAfter(() => change(path));
    await node.hintAfter(() => writeFileAtomic(path, "three", { mode: 0o644 }));
    await node.hintAfter(() => writeFileSync(path, "four"));
  });

  test("it was not there and is made", async () => {
    using node = watched((root) => [nodeFile(root)]);
    node.start();
    await node.hintAfter(() => writeFileSync(node.at("node.yml"), ""));
  });

  test("its folder goes and is made again", async () => {
    using node = watched((root) => [nodeFile(join(root, "deep/home"))]);
    mkdirSync(node.at("deep/home"), { recursive: true });
    node.start();
    await node.hintAfter(() => rmSync(node.at("deep"), { recursive: true }));
    await node.hintAfter(() => void mkdirSync(node.at("deep/home"), { recursive: true }));
    await node.hintAfter(() => writeFileSync(node.at("deep/home/node.yml"), ""));
  });
});

test("a file's neighbours and half-written siblings are not told", async () => {
  using node = watched((root) => [nodeFile(root)]);
  node.start();
  const told = await node.toldAfter(() => {
    writeFileSync(node.at("state.db-wal"), "x");
    writeFileSync(node.at("node.yml.swp"), "x");
    writeFileSync(temporarySibling(node.at("node.yml")), "half");
  });
  expect(told).toEqual([]);
});

describe("a watched folder", () => {
  test("tells of files in it, made, changed, replaced and removed", async () => {
    using node = watched((root) => [secrets(root)]);
    mkdirSync(node.at("secrets"));
    node.start();
    const path = node.at("secrets", "password");
    await node.hintAfter(() => writeFileSync(path, "one"));
    await node.hintAfter(() => writeFileSync(path, "two"));
    await node.hintAfter(() => writeFileAtomic(path, "three", { mode: 0o600 }));
    await node.hintAfter(() => rmSync(path));
  });

  test("that is not recursive tells nothing of what is deeper", async () => {
    using node = watched((root) => [secrets(root)]);
    mkdirSync(node.at("secrets/deeper"), { recursive: true });
    node.start();
    expect(await node.toldAfter(() => writeFileSync(node.at("secrets/deeper/file"), "x"))).toEqual([]);
  });

  test("tells of its end and its return, and of what is then in it", async () => {
    using node = watched((root) => [catalogue(root)]);
    mkdirSync(node.at("apps/lnd"), { recursive: true });
    node.start();
    for (const text of ["first", "second"]) {
      await node.hintAfter(() => rmSync(node.at("apps"), { recursive: true }));
      await node.hintAfter(() => void mkdirSync(node.at("apps/lnd"), { recursive: true }));
      await node.hintAfter(() => writeFileSync(node.at("apps/lnd/manifest.yml"), text));
      await node.hintAfter(() => writeFileSync(node.at("apps/lnd/manifest.yml"), `${text} again`));
    }
  });

  test("that another is moved in place of is watched as the new one", async () => {
    using node = watched((root) => [catalogue(root)]);
    mkdirSync(node.at("apps/lnd"), { recursive: true });
    mkdirSync(node.at("next/lnd"), { recursive: true });
    node.start();
    await node.hintAfter(() => {
      renameSync(node.at("apps"), node.at("previous"));
      renameSync(node.at("next"), node.at("apps"));
    });
    await node.hintAfter(() => writeFileSync(node.at("apps/lnd/manifest.yml"), ""));
  });

  test("may be a link", async () => {
    using node = watched((root) => [catalogue(root)]);
    mkdirSync(node.at("disk/lnd"), { recursive: true });
    symlinkSync("disk", node.at("apps"));
    node.start();
    await node.hintAfter(() => writeFileSync(node.at("disk/lnd/manifest.yml"), ""));
  });
});

describe("below a recursive folder", () => {
  test("a new folder is told, and then the files in it", async () => {
    using node = watched((root) => [catalogue(root)]);
    mkdirSync(node.at("apps"));
    node.start();
    await node.hintAfter(() => mkdirSync(node.at("apps/lnd")));
    await node.hintAfter(() => writeFileSync(node.at("apps/lnd/manifest.yml"), ""));
  });

  test("a whole tree that appears at once is watched to its depth", async () => {
    using node = watched((root) => [catalogue(root)]);
    mkdirSync(node.at("apps"));
    mkdirSync(node.at("lnd/ui/public/css"), { recursive: true });
    node.start();
    await node.hintAfter(() => renameSync(node.at("lnd"), node.at("apps/lnd")));
    await node.hintAfter(() => writeFileSync(node.at("apps/lnd/ui/public/css/a.css"), ""));
    await node.hintAfter(() => void mkdirSync(node.at("apps/lnd/one/two"), { recursive: true }));
    await node.hintAfter(() => writeFileSync(node.at("apps/lnd/one/two/file"), ""));
  });

  test("a folder that is renamed is watched under its new name", async () => {
    using node = watched((root) => [catalogue(root)]);
    mkdirSync(node.at("apps/old/ui"), { recursive: true });
    node.start();
    await node.hintAfter(() => renameSync(node.at("apps/old"), node.at("apps/new")));
    await node.hintAfter(() => writeFileSync(node.at("apps/new/ui/file"), ""));
  });

  test("a folder that is moved out is watched no more", async () => {
    using node = watched((root) => [catalogue(root)]);
    mkdirSync(node.at("apps/lnd/ui"), { recursive: true });
    node.start();
    await node.hintAfter(() => renameSync(node.at("apps/lnd"), node.at("elsewhere")));
    expect(await node.toldAfter(() => writeFileSync(node.at("elsewhere/ui/file"), ""))).toEqual([]);
  });

  test("node_modules, .git and half-written files are not told", async () => {
    using node = watched((root) => [catalogue(root)]);
    for (const name of ["node_modules/a", ".git/b"]) mkdirSync(node.at("apps/lnd", name), { recursive: true });
    node.start();
    const told = await node.toldAfter(() => {
      writeFileSync(node.at("apps/lnd/node_modules/a/file"), "");
      writeFileSync(node.at("apps/lnd/.git/b/file"), "");
      writeFileSync(temporarySibling(node.at("apps/lnd/manifest.yml")), "half");
    });
    expect(told).toEqual([]);
  });

  test("more folders than may be watched are said once, and the upper ones stay watched", async () => {
    const lost: string[] = [];
    using node = watched((root) => [catalogue(root)], {
      maxFolders: 3,
      onLost: (label, reason) => lost.push(`${label}: ${reason}`),
    });
    for (const name of ["a/deep/deeper", "b/deep"]) mkdirSync(node.at("apps", name), { recursive: true });
    node.start();
    expect(lost).toEqual(["catalogue: it holds more than 3 folders"]);
    await node.hintAfter(() => writeFileSync(node.at("apps/b/manifest.yml"), ""));
    await node.hintAfter(() => mkdirSync(node.at("apps/c")));
    expect(lost).toHaveLength(1);
  });
});

test("each path is told by its own label", async () => {
  using node = watched((root) => [nodeFile(root), secrets(root), catalogue(root)]);
  mkdirSync(node.at("secrets"));
  mkdirSync(node.at("apps"));
  node.start();
  const labels = async (change: () => void) => [...new Set(await node.toldAfter(change))];
  expect(await labels(() => writeFileSync(node.at("secrets/x"), ""))).toEqual(["secrets"]);
  expect(await labels(() => writeFileSync(node.at("apps/x"), ""))).toEqual(["catalogue"]);
  expect(await labels(() => writeFileSync(node.at("node.yml"), ""))).toEqual(["node.yml"]);
});

test("nothing is told after the end, which may be said twice", async () => {
  using node = watched(() => []);
  const told: string[] = [];
  const ended = watchPaths([nodeFile(node.root)], (label) => told.push(label));
  ended[Symbol.dispose]();
  ended[Symbol.dispose]();
  await node.toldAfter(() => writeFileSync(node.at("node.yml"), ""));
  expect(told).toEqual([]);
});

test("a process that watches ends by itself", async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "apps/lnd"), { recursive: true });
  const module = fileURLToPath(new URL("./watch-paths.ts", import.meta.url));
  const script = `const { watchPaths } = await import(${JSON.stringify(module)});
    watchPaths(${JSON.stringify([nodeFile(folder.path), catalogue(folder.path)])}, () => {});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
  expect(await once(child, "exit")).toEqual([0, null]);
});
