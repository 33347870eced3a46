import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { createFileOnce, writeFileAtomic } from "./atomic-write.ts";
import { cleanLeftovers, isLeftover, temporarySibling } from "./leftover.ts";

const modeOf = (path: string): number => statSync(path).mode & 0o7777;

test.each([
  ["an empty text", ""],
  ["quotes, dollars and newlines", "a'b\"c$HOME\n`x`%\n"],
  ["bytes that are no text", new Uint8Array([0, 255, 10, 128])],
])("writes %s byte for byte, with exactly the mode asked for", async (_case, data) => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  await writeFileAtomic(path, data, { mode: 0o666 });
  expect(readFileSync(path)).toEqual(Buffer.from(data));
  expect(modeOf(path)).toBe(0o666);
  expect(readdirSync(folder.path)).toEqual(["file"]);
});

test("a replaced file is a new inode, so that whoever has the old one open goes on seeing it", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  await writeFileAtomic(path, "old", { mode: 0o600 });
  const before = statSync(path).ino;
  await writeFileAtomic(path, "new", { mode: 0o600 });
  expect(statSync(path).ino).not.toBe(before);
  expect(readFileSync(path, "utf8")).toBe("new");
});

test("giving up right before the rename leaves the old file and no leftover", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  writeFileSync(path, "old");
  const write = writeFileAtomic(path, "new", {
    mode: 0o600,
    beforeRename: () => {
      throw new Error("moved on");
    },
  });
  await expect(write).rejects.toThrow("moved on");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder.path)).toEqual(["file"]);
});

test("a rename that can't be done leaves no leftover", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "folder");
  mkdirSync(path);
  await expect(writeFileAtomic(path, "x", { mode: 0o600 })).rejects.toThrow();
  expect(readdirSync(folder.path)).toEqual(["folder"]);
});

test("creating once makes the file the first time and never changes it after", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "secret");
  expect(await createFileOnce(path, "first", { mode: 0o600 })).toBe(true);
  expect(await createFileOnce(path, "second", { mode: 0o600 })).toBe(false);
  expect(readFileSync(path, "utf8")).toBe("first");
  expect(readdirSync(folder.path)).toEqual(["secret"]);
});

test("of many who create the same file at once, one makes it", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "secret");
  const made = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => createFileOnce(path, String(index), { mode: 0o600 })),
  );
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(readFileSync(path, "utf8")).toBe(String(made.indexOf(true)));
});

test("creating once does not write through a dangling link", async () => {
  using folder = temporaryFolder();
  symlinkSync(join(folder.path, "elsewhere"), join(folder.path, "secret"));
  expect(await createFileOnce(join(folder.path, "secret"), "x", { mode: 0o600 })).toBe(false);
  expect(existsSync(join(folder.path, "elsewhere"))).toBe(false);
});

test("leftovers of crashed writers are known by their name and removed, files and folders alike", async () => {
  using folder = temporaryFolder();
  const below = join(folder.path, "app", "app.g1");
  mkdirSync(below, { recursive: true });
  mkdirSync(temporarySibling(join(folder.path, "app")));
  writeFileSync(temporarySibling(join(folder.path, "node.yml")), "half");
  writeFileSync(temporarySibling(join(below, "x".repeat(255))), "half");
  writeFileSync(join(folder.path, ".hidden"), "kept");
  writeFileSync(join(folder.path, "node.yml.arc-tmp"), "kept");

  expect(await cleanLeftovers(folder.path)).toBe(2);
  expect(readdirSync(below).every(isLeftover)).toBe(true);
  expect(await cleanLeftovers(folder.path, 2)).toBe(1);
  expect(readdirSync(folder.path).toSorted()).toEqual([".hidden", "app", "node.yml.arc-tmp"]);
  expect(await cleanLeftovers(join(folder.path, "absent"))).toBe(0);
});
