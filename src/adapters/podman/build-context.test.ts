import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { list } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildContext } from "./build-context.ts";

async function bytesOf(folder: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(await buildContext(folder)));
}

describe("a build context", () => {
  const made: string[] = [];
  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), "context-"));
    made.push(path);
    return path;
  };
  beforeEach(() => {
    made.length = 0;
  });
  afterEach(async () => {
    for (const path of made) await rm(path, { recursive: true });
  });

  const fill = async (path: string, names: readonly string[]): Promise<string> => {
    await mkdir(join(path, "sub"));
    for (const name of names) {
      await writeFile(join(path, name), `content of ${name}`);
      await chmod(join(path, name), 0o644);
      await utimes(join(path, name), Math.random() * 1e9, Math.random() * 1e9);
    }
    await symlink("sub/b", join(path, "link"));
    return path;
  };

  it("is the same bytes for the same files, in whatever order and at whatever time they were made", async () => {
    const one = await bytesOf(await fill(await folder(), ["Containerfile", "sub/b", "a"]));
    const two = await bytesOf(await fill(await folder(), ["a", "sub/b", "Containerfile"]));
    expect(one.equals(two)).toBe(true);
  });

  it("holds files, folders and links", async () => {
    const bytes = await bytesOf(await fill(await folder(), ["Containerfile", "sub/b"]));
    const entries: string[] = [];
    const parser = list({ onReadEntry: (entry) => entries.push(`${entry.type} ${entry.path}`) });
    parser.end(bytes);
    expect(entries).toEqual(["File Containerfile", "SymbolicLink link", "Directory sub/", "File sub/b"]);
  });

  it("may be empty", async () => {
    expect((await bytesOf(await folder())).length).toBeGreaterThan(0);
  });

  it("carries more than one buffer of a file", async () => {
    const path = await folder();
    await writeFile(join(path, "large"), Buffer.alloc(3_000_000, 7));
    expect((await bytesOf(path)).length).toBeGreaterThan(3_000_000);
  });
});
