import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { ensureDir } from "./ensure-dir.ts";

const modeOf = (path: string): number => statSync(path).mode & 0o7777;

test("makes every missing folder with the mode asked for, whatever the umask", async () => {
  using temporary = temporaryFolder();
  await ensureDir(join(temporary.path, "a/b/c"), 0o777);
  expect(["a", "a/b", "a/b/c"].map((name) => modeOf(join(temporary.path, name)))).toEqual([0o777, 0o777, 0o777]);
});

test("leaves the mode of what is there, unless it is asked to put it right", async () => {
  using temporary = temporaryFolder();
  chmodSync(temporary.path, 0o755);
  await ensureDir(temporary.path, 0o700);
  expect(modeOf(temporary.path)).toBe(0o755);
  await ensureDir(temporary.path, 0o700, { repair: true });
  expect(modeOf(temporary.path)).toBe(0o700);
});

test("follows a link to a folder", async () => {
  using temporary = temporaryFolder();
  mkdirSync(join(temporary.path, "real"));
  symlinkSync("real", join(temporary.path, "link"));
  await ensureDir(join(temporary.path, "link/below"), 0o700);
  expect(modeOf(join(temporary.path, "real/below"))).toBe(0o700);
});

test("ends with an error where a file or a dangling link is in the way, or the filesystem makes no folders", async () => {
  using temporary = temporaryFolder();
  writeFileSync(join(temporary.path, "file"), "");
  symlinkSync("nowhere", join(temporary.path, "dangling"));
  for (const path of ["file", "file/below", "dangling", "dangling/below"]) {
    await expect(ensureDir(join(temporary.path, path), 0o700)).rejects.toThrow();
  }
  await expect(ensureDir("/proc/archipelago/home", 0o700)).rejects.toMatchObject({ code: "ENOENT" });
});

test("many at once agree", async () => {
  using temporary = temporaryFolder();
  await Promise.all(Array.from({ length: 8 }, () => ensureDir(join(temporary.path, "a/b/c"), 0o700)));
  expect(modeOf(join(temporary.path, "a/b/c"))).toBe(0o700);
});
