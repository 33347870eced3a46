import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { StatCache } from "./stat-cache.ts";

/** Counts its reads. With `later`, it looks at the file long after it was written. */
function countingCache(later: number) {
  const reads: string[] = [];
  const cache = new StatCache<{ readonly text: string }>({
    read: async (handle) => {
      const text = await handle.readFile("utf8");
      reads.push(text);
      return { text };
    },
    equal: (left, right) => left.text === right.text,
    now: () => Date.now() + later,
  });
  return { cache, reads };
}

const LONG_AFTER = 60_000;

test("a file whose stat did not move is read once", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  writeFileSync(path, "one");
  const { cache, reads } = countingCache(LONG_AFTER);
  const first = await cache.get(path);
  expect(await cache.get(path)).toBe(first);
  expect(cache.isCurrent(path)).toBe(true);
  expect(reads).toEqual(["one"]);
});

test("a file that was written at the moment it was read is read again, and is the same object while its content is", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  writeFileSync(path, "one");
  const { cache, reads } = countingCache(0);
  const first = await cache.get(path);
  expect(cache.isCurrent(path)).toBe(false);
  expect(await cache.get(path)).toBe(first);
  expect(reads).toEqual(["one", "one"]);
});

test("a file with a time in the future is read at every look", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  writeFileSync(path, "one");
  utimesSync(path, new Date(), new Date(Date.now() + 3_600_000));
  const { cache, reads } = countingCache(LONG_AFTER);
  await cache.get(path);
  await cache.get(path);
  expect(reads).toEqual(["one", "one"]);
});

describe("a change is seen when", () => {
  const changes: readonly (readonly [string, (path: string) => void])[] = [
    ["the content changes in place", (path) => writeFileSync(path, "two")],
    [
      "the content keeps its size and its mtime is put back",
      (path) => {
        writeFileSync(path, "two");
        utimesSync(path, 1, 1);
      },
    ],
    [
      "another file is renamed over it",
      (path) => {
        writeFileSync(`${path}.new`, "two");
        renameSync(`${path}.new`, path);
      },
    ],
  ];
  test.each(changes)("%s", async (_case, change) => {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    writeFileSync(path, "one");
    utimesSync(path, 1, 1);
    const { cache } = countingCache(LONG_AFTER);
    await cache.get(path);
    change(path);
    expect(await cache.get(path)).toEqual({ text: "two" });
  });

  test("only the mode changes: it is read again and stays the same object", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    writeFileSync(path, "one");
    const { cache, reads } = countingCache(LONG_AFTER);
    const first = await cache.get(path);
    chmodSync(path, 0o600);
    expect(cache.isCurrent(path)).toBe(false);
    expect(await cache.get(path)).toBe(first);
    expect(reads).toHaveLength(2);
  });
});

test("what is no regular file is not there and never opened", async () => {
  using folder = temporaryFolder();
  const path = (name: string): string => join(folder.path, name);
  writeFileSync(path("file"), "one");
  mkdirSync(path("folder"));
  symlinkSync(path("file"), path("link"));
  execFileSync("mkfifo", [path("fifo")]);
  const { cache, reads } = countingCache(LONG_AFTER);
  for (const name of ["folder", "link", "fifo", "absent", "file/below"]) expect(await cache.get(path(name))).toBeNull();
  expect(reads).toEqual([]);
});

test("a file that went away is gone, and comes back as what it then is", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  writeFileSync(path, "one");
  const { cache } = countingCache(LONG_AFTER);
  await cache.get(path);
  rmSync(path);
  expect(await cache.get(path)).toBeNull();
  writeFileSync(path, "");
  expect(await cache.get(path)).toEqual({ text: "" });
});

test("a file that is written while it is read is read again until it holds still", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  writeFileSync(path, "1");
  let reads = 0;
  const cache = new StatCache<string>({
    read: async (handle) => {
      const text = await handle.readFile("utf8");
      reads += 1;
      if (reads === 1) writeFileSync(path, "two");
      return text;
    },
    equal: (left, right) => left === right,
    now: () => Date.now() + LONG_AFTER,
  });
  expect(await cache.get(path)).toBe("two");
  expect(reads).toBe(2);
});

test("dropped paths are read again", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  writeFileSync(path, "one");
  const { cache, reads } = countingCache(LONG_AFTER);
  await cache.get(path);
  cache.retain(() => false);
  await cache.get(path);
  expect(reads).toHaveLength(2);
});
