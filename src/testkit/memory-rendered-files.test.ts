import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { MemoryRenderedFiles } from "./memory-rendered-files.ts";

const FILE = { target: "/etc/nginx/nginx.conf", content: "one", mode: "0440", owner: "101:101" };
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

it("tells content and mode of what is there, and of what is not", async () => {
  const files = new MemoryRenderedFiles();
  await files.write("ui", "ui.g1", [FILE]);
  expect(await files.observe("ui", "ui.g1", [FILE.target, "/etc/other"])).toEqual(
    new Map([
      [FILE.target, { sha256: sha256("one"), mode: "0440" }],
      ["/etc/other", { sha256: null, mode: null }],
    ]),
  );
  expect(await files.names("ui")).toEqual(["ui.g1"]);
  expect(files.has(files.path("ui", "ui.g1", FILE.target))).toBe(true);
  expect(files.has(files.path("ui", "ui.g2", FILE.target))).toBe(false);
});

it("gives a written file another inode, and keeps it where the file is written through", async () => {
  const files = new MemoryRenderedFiles();
  await files.write("ui", "ui.g1", [FILE]);
  const first = files.file("ui", "ui.g1", FILE.target)?.inode;
  await files.writeThrough("ui", "ui.g1", [{ ...FILE, content: "two" }]);
  expect(files.file("ui", "ui.g1", FILE.target)).toMatchObject({ content: "two", inode: first });
  await files.write("ui", "ui.g1", [FILE]);
  expect(files.file("ui", "ui.g1", FILE.target)?.inode).not.toBe(first);
  expect(files.writes).toBe(3);
});

it("shows what somebody edits or deletes by hand, without counting it as written", async () => {
  const files = new MemoryRenderedFiles();
  await files.write("ui", "ui.g1", [FILE]);
  files.edit("ui", "ui.g1", FILE.target, "edited");
  expect((await files.observe("ui", "ui.g1", [FILE.target])).get(FILE.target)?.sha256).toBe(sha256("edited"));
  files.lose("ui", "ui.g1", FILE.target);
  expect((await files.observe("ui", "ui.g1", [FILE.target])).get(FILE.target)?.sha256).toBeNull();
  expect(files.writes).toBe(1);
});

it("keeps a record beside the files until the folder is removed", async () => {
  const files = new MemoryRenderedFiles();
  expect(await files.readRecord("ui", "ui.g1")).toBeNull();
  await files.writeRecord("ui", "ui.g1", "{}");
  expect(await files.readRecord("ui", "ui.g1")).toBe("{}");
  await files.remove("ui", "ui.g1");
  expect(await files.names("ui")).toEqual([]);
  expect(await files.readRecord("ui", "ui.g1")).toBeNull();
});
