import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EMPTY_RECORD, type AppRecord } from "../../core/record/app-record.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { DirectoryRecordStore } from "./record-store.ts";

const RECORD: AppRecord = {
  committed: {
    version: "1.0.0",
    containers: { main: "v1:abc" },
    at: 1_700_000_000_000,
    downtime: 740,
    images: ["docker.io/library/nginx:1.28"],
    previousImages: [],
  },
  quarantine: {
    version: "2.0.0",
    containers: { main: "v1:def" },
    reason: "web.g2 exited with code 1",
    at: 1_700_000_100_000,
    failed: [{ container: "main", name: "web.g2", exitCode: 1, lines: ["panic: \u0000 and ünicode"] }],
  },
  adopted: [
    { id: "f".repeat(64), container: "main", generation: 1, version: "1", hash: "v1:x", applied: "{}", taken: true },
  ],
};

test("a record is read back as it was written, by the next process too", async () => {
  using home = temporaryFolder();
  const folder = join(home.path, "accepted");
  const store = new DirectoryRecordStore(folder);
  expect(await store.read()).toEqual({ records: new Map(), unreadable: [] });
  await store.write("web", RECORD);
  expect((await store.read()).records.get("web")).toEqual(RECORD);
  const next = new DirectoryRecordStore(folder);
  expect((await next.read()).records).toEqual(new Map([["web", RECORD]]));
  expect((await stat(join(folder, "web.json"))).mode & 0o777).toBe(0o600);
});

test("the same map as long as nothing changes, another one after a change", async () => {
  using home = temporaryFolder();
  const store = new DirectoryRecordStore(home.path);
  await store.write("web", RECORD);
  const { records } = await store.read();
  expect((await store.read()).records).toBe(records);
  await store.write("lnd", RECORD);
  expect((await store.read()).records).not.toBe(records);
  expect(records.has("lnd")).toBe(false);
});

test("an empty record leaves no file", async () => {
  using home = temporaryFolder();
  const folder = home.path;
  const store = new DirectoryRecordStore(folder);
  await store.write("web", RECORD);
  await store.write("web", EMPTY_RECORD);
  await store.write("never", EMPTY_RECORD);
  expect(await readdir(folder)).toEqual([]);
});

test.each<[string, string]>([
  ["no JSON", "{"],
  ["another shape", '{"committed": 5}'],
  ["nothing", ""],
])("a file that holds %s is said, counts as missing, and is replaced by the next write", async (_what, text) => {
  using home = temporaryFolder();
  const folder = home.path;
  await writeFile(join(folder, "web.json"), text);
  const store = new DirectoryRecordStore(folder);
  const { records, unreadable } = await store.read();
  expect(records.size).toBe(0);
  expect(unreadable).toEqual([expect.stringContaining("web.json is no record of an app")]);
  await store.write("web", RECORD);
  const again = await new DirectoryRecordStore(folder).read();
  expect(again).toEqual({ records: new Map([["web", RECORD]]), unreadable: [] });
});

test("what is no record beside them is left alone: accepted copies, node.yml, leftovers", async () => {
  using home = temporaryFolder();
  const folder = home.path;
  await mkdir(join(folder, "web"));
  await writeFile(join(folder, "node.yml"), "apps: {}\n");
  await writeFile(join(folder, ".web.json.0123456789ab.arc-tmp"), "half");
  expect(await new DirectoryRecordStore(folder).read()).toEqual({ records: new Map(), unreadable: [] });
});

test("a folder that can't be written is ARC_HOME, and what was there still counts", async () => {
  using home = temporaryFolder();
  const folder = home.path;
  const store = new DirectoryRecordStore(folder);
  await store.write("web", RECORD);
  await mkdir(join(folder, "lnd.json"));
  await expect(store.write("lnd", RECORD)).rejects.toMatchObject({ code: "ARC_HOME" });
  expect([...(await store.read()).records.keys()]).toEqual(["web"]);
  const next = await new DirectoryRecordStore(folder).read();
  expect([...next.records.keys()]).toEqual(["web"]);
  expect(next.unreadable).toHaveLength(1);
});

test("images that were fetched are remembered; a broken list is an empty one", async () => {
  using home = temporaryFolder();
  const folder = home.path;
  const store = new DirectoryRecordStore(folder);
  await store.writeFetched(new Set(["b", "a"]));
  expect(await new DirectoryRecordStore(folder).fetched()).toEqual(new Set(["a", "b"]));
  await writeFile(join(folder, ".fetched.json"), "[1]");
  expect(await new DirectoryRecordStore(folder).fetched()).toEqual(new Set());
});
