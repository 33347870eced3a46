import { describe, expect, it } from "vitest";
import { appFolder } from "./app-folder.ts";
import { manifestText } from "./builders.ts";
import { MemoryAcceptedStore, MemoryFolderSource } from "./memory-catalogue.ts";
import { MemoryDataDirs } from "./memory-data-dirs.ts";
import { MemoryFactSource } from "./memory-fact-source.ts";
import { MemoryHistoryStore } from "./memory-history-store.ts";

const folder = (name: string) => appFolder(name, { "manifest.yml": manifestText({ id: name }) });

describe("folders in memory", () => {
  it("are the same map and the same objects as long as nothing changes", async () => {
    const source = new MemoryFolderSource([folder("a"), folder("b")]);
    const before = await source.read();
    expect(await source.read()).toBe(before);
    source.set(folder("a"));
    const after = await source.read();
    expect(after.get("a")).not.toBe(before.get("a"));
    expect(after.get("b")).toBe(before.get("b"));
    source.delete("b");
    expect([...(await source.read()).keys()]).toEqual(["a"]);
  });

  it("are copied when they are accepted, and forgotten", async () => {
    const store = new MemoryAcceptedStore();
    await store.accept(folder("a"));
    expect((await store.read()).get("a")).toMatchObject({
      path: "/accepted/a",
      manifestText: folder("a").manifestText,
    });
    await store.forget("a");
    expect(await store.read()).toEqual(new Map());
    expect(store.accepted).toEqual(["a"]);
  });

  it("are refused when they could not be read whole", async () => {
    const problems = [{ code: "ARC_MANIFEST_INVALID", message: "too large" }] as const;
    const store = new MemoryAcceptedStore();
    await expect(store.accept({ ...folder("a"), problems })).rejects.toThrow("too large");
  });
});

describe("data folders in memory", () => {
  it("remember their owners and stay under their root", async () => {
    const dirs = new MemoryDataDirs();
    await dirs.ensure("/data/a", "/data/a/db", "1000:1000");
    await dirs.ensure("/data/a", "/data/a/db", null);
    await dirs.ensure("/data/a", "/data/a", null);
    expect([...dirs.owners]).toEqual([
      ["/data/a/db", "1000:1000"],
      ["/data/a", null],
    ]);
    await expect(dirs.ensure("/data/a", "/data/a/../b", null)).rejects.toThrow(
      expect.objectContaining({ code: "ARC_HOME" }),
    );
    expect(dirs.has("/data/b")).toBe(false);
  });
});

describe("facts in memory", () => {
  it("change when told to", async () => {
    const source = new MemoryFactSource({ cpus: 2 });
    const before = await source.read();
    source.set({ host_ip: "192.0.2.99" });
    expect(await source.read()).toEqual({ ...before, host_ip: "192.0.2.99" });
    expect(before).toMatchObject({ cpus: 2, host_ip: "192.0.2.10" });
  });
});

describe("history in memory", () => {
  it("answers newest first, by app, time and number", () => {
    const store = new MemoryHistoryStore();
    const rest = {
      container: null,
      actor: "reconcile",
      action: "start",
      reason: "",
      result: "ok",
      detail: "",
    } as const;
    for (const at of [1, 2, 3, 4]) store.append({ ...rest, at, app: at % 2 ? "odd" : "even", diff: [], duration: 0 });
    expect(store.query({ limit: 3 }).map((entry) => entry.at)).toEqual([4, 3, 2]);
    expect(store.query({ app: "odd", limit: 9 }).map((entry) => entry.at)).toEqual([3, 1]);
    expect(store.query({ since: 3, limit: 9 }).map((entry) => entry.at)).toEqual([4, 3]);
  });
});
