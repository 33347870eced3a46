import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Trash } from "../../ports/trash.ts";
import { MemoryTrash } from "../../testkit/memory-trash.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { temporarySibling } from "../files/leftover.ts";
import { DirectoryTrash, type TrashOptions } from "./trash-dir.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 30, 0, 5);
const ID = "lnd-2026-11-22T12-30-00.005Z";

/** A home with `data/` and `trash/`, and a time that stands still unless it is turned. */
function home(options: Partial<TrashOptions> = {}) {
  const folder = temporaryFolder();
  const [data, trash] = [join(folder.path, "data"), join(folder.path, "trash")];
  mkdirSync(data, { mode: 0o700 });
  const time = { now: NOW };
  const open = () => new DirectoryTrash({ data, trash, now: () => time.now, ...options });
  const fill = (app: string, content = "x"): void => {
    mkdirSync(join(data, app, "deep"), { recursive: true });
    writeFileSync(join(data, app, "deep", "file"), content);
  };
  return { folder: folder.path, data, trash, time, open, fill, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const code = (expected: string) => expect.objectContaining({ code: expected });
const openHandles = (): number => readdirSync("/proc/self/fd").length;

interface Subject extends Disposable {
  readonly trash: Trash;
  readonly time: { now: number };
  readonly fill: (app: string) => void;
  readonly has: (app: string) => boolean;
  readonly empty: (app: string) => void;
}

describe.each<[string, () => Subject]>([
  [
    "on the disk",
    () => {
      const kept = home();
      return {
        trash: kept.open(),
        time: kept.time,
        fill: kept.fill,
        has: (app) => existsSync(join(kept.data, app, "deep", "file")),
        empty: (app) => mkdirSync(join(kept.data, app)),
        [Symbol.dispose]: () => kept[Symbol.dispose](),
      };
    },
  ],
  [
    "in memory",
    () => {
      const time = { now: NOW };
      const trash = new MemoryTrash(() => time.now);
      return {
        trash,
        time,
        fill: (app) => trash.data.set(app, 7),
        has: (app) => (trash.data.get(app) ?? 0) > 0,
        empty: (app) => trash.data.set(app, 0),
        [Symbol.dispose]: () => undefined,
      };
    },
  ],
])("a trash %s", (_name, subject) => {
  test("takes an app's data, lists it, and gives it back", async () => {
    using kept = subject();
    kept.fill("lnd");
    const entry = { id: ID, app: "lnd", at: NOW, bytes: null, link: null };
    expect(await kept.trash.hasData("lnd")).toBe(true);
    expect(await kept.trash.put("lnd")).toEqual(entry);
    expect(await kept.trash.hasData("lnd")).toBe(false);
    expect(kept.has("lnd")).toBe(false);
    expect(await kept.trash.list()).toEqual([entry]);
    await kept.trash.restore(ID);
    expect(kept.has("lnd")).toBe(true);
    expect(await kept.trash.list()).toEqual([]);
  });

  test("takes nothing where there is no data, or an empty folder", async () => {
    using kept = subject();
    kept.empty("electrs");
    expect([await kept.trash.hasData("lnd"), await kept.trash.hasData("electrs")]).toEqual([false, false]);
    expect(await kept.trash.put("lnd")).toBeNull();
    expect(await kept.trash.put("electrs")).toBeNull();
    expect(await kept.trash.list()).toEqual([]);
  });

  test("keeps several entries of one app apart, within one millisecond too, newest first", async () => {
    using kept = subject();
    for (const now of [NOW, NOW, NOW + 5000]) {
      kept.time.now = now;
      kept.fill("lnd");
      await kept.trash.put("lnd");
    }
    expect((await kept.trash.list()).map(({ at }) => at - NOW)).toEqual([5000, 1, 0]);
  });

  test("remembers a size once it was asked for", async () => {
    using kept = subject();
    kept.fill("lnd");
    await kept.trash.put("lnd");
    const bytes = await kept.trash.measure(ID);
    expect(bytes).toBeGreaterThan(0);
    expect(await kept.trash.list()).toMatchObject([{ id: ID, bytes }]);
    expect(await kept.trash.measure(ID)).toBe(bytes);
  });

  test("overwrites no data", async () => {
    using kept = subject();
    kept.fill("lnd");
    await kept.trash.put("lnd");
    kept.fill("lnd");
    await expect(kept.trash.restore(ID)).rejects.toEqual(code("ARC_TRASH"));
    expect(kept.has("lnd")).toBe(true);
    expect(await kept.trash.list()).toHaveLength(1);
  });

  test("gives back where an empty folder was made meanwhile", async () => {
    using kept = subject();
    kept.fill("lnd");
    await kept.trash.put("lnd");
    kept.empty("lnd");
    await kept.trash.restore(ID);
    expect(kept.has("lnd")).toBe(true);
  });

  test("deletes what it is told to, and nothing else", async () => {
    using kept = subject();
    for (const app of ["lnd", "lnd", "electrs"]) {
      kept.fill(app);
      await kept.trash.put(app);
    }
    await kept.trash.remove(ID);
    expect((await kept.trash.list()).map(({ app, at }) => [app, at - NOW])).toEqual([
      ["lnd", 1],
      ["electrs", 0],
    ]);
  });

  test.each([
    "",
    ".",
    "..",
    "/",
    "../data/lnd",
    `../${ID}`,
    `${ID}/deep`,
    "lnd",
    `${ID}.json`,
    "lnd-2026-11-22T12-30-00.006Z",
  ])("knows no entry %j", async (id) => {
    using kept = subject();
    kept.fill("lnd");
    await kept.trash.put("lnd");
    kept.fill("electrs");
    await expect(kept.trash.remove(id)).rejects.toEqual(code("ARC_TRASH"));
    await expect(kept.trash.restore(id)).rejects.toEqual(code("ARC_TRASH"));
    await expect(kept.trash.measure(id)).rejects.toEqual(code("ARC_TRASH"));
    expect(await kept.trash.list()).toHaveLength(1);
    expect(kept.has("electrs")).toBe(true);
  });
});

test("the folder itself is moved: same inode, same owner, same mode; others can't look into the trash", async () => {
  using kept = home();
  kept.fill("lnd");
  chmodSync(join(kept.data, "lnd"), 0o2750);
  const before = statSync(join(kept.data, "lnd"));
  await kept.open().put("lnd");
  const after = statSync(join(kept.trash, ID));
  expect([after.ino, after.mode, after.uid]).toEqual([before.ino, before.mode, before.uid]);
  expect(statSync(kept.trash).mode & 0o777).toBe(0o700);
});

test.each(["", "..", ".", "a/b", "/etc", ".hidden"])("the data of an app %j is not looked for", async (app) => {
  using kept = home();
  await expect(kept.open().put(app)).rejects.toEqual(code("ARC_HOME"));
});

test("names in the trash that are none of its own are left alone", async () => {
  using kept = home();
  for (const name of ["mine", "lnd-2026", "lnd-2026-99-22T12-30-00.005Z", "-2026-11-22T12-30-00.005Z"]) {
    mkdirSync(join(kept.trash, name), { recursive: true });
  }
  writeFileSync(join(kept.trash, "notes.json"), "{}");
  await kept.open().recover();
  expect(await kept.open().list()).toEqual([]);
  expect(readdirSync(kept.trash)).toHaveLength(5);
});

describe("a size", () => {
  test("is what the disk holds: holes do not count, a file with two names counts once, links lead nowhere", async () => {
    using kept = home();
    kept.fill("lnd", "x".repeat(100_000));
    const file = join(kept.data, "lnd", "deep", "file");
    linkSync(file, join(kept.data, "lnd", "again"));
    symlinkSync("/", join(kept.data, "lnd", "out"));
    writeFileSync(join(kept.data, "lnd", "sparse"), "");
    truncateSync(join(kept.data, "lnd", "sparse"), 1_000_000_000);
    const trash = kept.open();
    await trash.put("lnd");
    const bytes = await trash.measure(ID);
    expect(bytes).toBeGreaterThanOrEqual(100_000);
    expect(bytes).toBeLessThan(200_000);
  });

  test("outlives the process, and goes with its entry", async () => {
    using kept = home();
    kept.fill("lnd");
    await kept.open().put("lnd");
    const bytes = await kept.open().measure(ID);
    expect(await kept.open().list()).toMatchObject([{ bytes }]);
    await kept.open().restore(ID);
    expect(readdirSync(kept.trash)).toEqual([]);
    await kept.open().put("lnd");
    expect(await kept.open().list()).toMatchObject([{ id: ID, bytes: null }]);
    await kept.open().measure(ID);
    await kept.open().remove(ID);
    expect(readdirSync(kept.trash)).toEqual([]);
  });

  test.each(["", "{", "[]", '{"bytes":"7"}', '{"bytes":-1}'])(
    "that stands there as %j is counted anew",
    async (text) => {
      using kept = home();
      kept.fill("lnd");
      await kept.open().put("lnd");
      writeFileSync(join(kept.trash, `${ID}.json`), text);
      expect(await kept.open().list()).toMatchObject([{ bytes: null }]);
      const bytes = await kept.open().measure(ID);
      expect(JSON.parse(readFileSync(join(kept.trash, `${ID}.json`), "utf8"))).toEqual({ bytes });
    },
  );

  test("that nobody waits for any more is not counted to its end", async () => {
    using kept = home();
    kept.fill("lnd");
    await kept.open().put("lnd");
    const handles = openHandles();
    await expect(kept.open().measure(ID, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    expect(openHandles()).toBe(handles);
    expect(await kept.open().list()).toMatchObject([{ bytes: null }]);
  });
});

describe("links", () => {
  test("in the place of an app's folder are moved as they are, and told", async () => {
    using kept = home();
    const disk = join(kept.folder, "disk");
    mkdirSync(disk);
    writeFileSync(join(disk, "file"), "x");
    symlinkSync(disk, join(kept.data, "lnd"));
    const trash = kept.open();
    expect(await trash.put("lnd")).toMatchObject({ id: ID, link: disk });
    expect(await trash.list()).toMatchObject([{ id: ID, link: disk }]);
    expect(await trash.measure(ID)).toBe(0);
    await trash.restore(ID);
    expect(readlinkSync(join(kept.data, "lnd"))).toBe(disk);
    await trash.put("lnd");
    await trash.remove(ID);
    expect([readdirSync(kept.trash), readdirSync(disk)]).toEqual([[], ["file"]]);
  });

  test("are deleted and not followed", async () => {
    using kept = home();
    kept.fill("lnd");
    const outside = join(kept.folder, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "wallet"), "x");
    symlinkSync(outside, join(kept.data, "lnd", "deep", "out"));
    symlinkSync(join(outside, "wallet"), join(kept.data, "lnd", "wallet"));
    symlinkSync("nowhere", join(kept.data, "lnd", "dangling"));
    const handles = openHandles();
    const trash = kept.open();
    await trash.put("lnd");
    await trash.remove(ID);
    expect([readdirSync(kept.trash), readdirSync(outside)]).toEqual([[], ["wallet"]]);
    expect(openHandles()).toBe(handles);
  });

  test("to another place may stand for the trash and for data themselves", async () => {
    using kept = home();
    const disk = join(kept.folder, "disk");
    mkdirSync(disk);
    renameSync(kept.data, join(disk, "data"));
    mkdirSync(join(disk, "trash"));
    symlinkSync(join(disk, "data"), kept.data);
    symlinkSync(join(disk, "trash"), kept.trash);
    kept.fill("lnd");
    const trash = kept.open();
    await trash.put("lnd");
    expect(await trash.measure(ID)).toBeGreaterThan(0);
    await trash.restore(ID);
    await trash.put("lnd");
    await trash.remove(ID);
    expect(readdirSync(join(disk, "trash"))).toEqual([]);
    expect(lstatSync(kept.trash).isSymbolicLink()).toBe(true);
  });

  test("that stand where data shall go back to are not replaced", async () => {
    using kept = home();
    kept.fill("lnd");
    const trash = kept.open();
    await trash.put("lnd");
    symlinkSync("nowhere", join(kept.data, "lnd"));
    await expect(trash.restore(ID)).rejects.toEqual(code("ARC_TRASH"));
    expect(readlinkSync(join(kept.data, "lnd"))).toBe("nowhere");
  });
});

describe("after a crash", () => {
  test("what was being deleted is no entry, and is deleted by the next process", async () => {
    using kept = home();
    kept.fill("lnd");
    kept.fill("electrs");
    const trash = kept.open();
    await trash.put("lnd");
    await trash.put("electrs");
    // Killed after the rename, with a part of it deleted and its note still there.
    await trash.measure(ID);
    renameSync(join(kept.trash, ID), temporarySibling(join(kept.trash, ID), ".deleting"));
    const next = kept.open();
    expect((await next.list()).map(({ app }) => app)).toEqual(["electrs"]);
    await next.recover();
    await next.recover();
    expect(readdirSync(kept.trash)).toEqual(["electrs-2026-11-22T12-30-00.005Z"]);
  });

  test("or a break in the middle of a deletion the same holds", async () => {
    using kept = home();
    kept.fill("lnd");
    const trash = kept.open();
    await trash.put("lnd");
    await expect(trash.remove(ID, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    expect(await trash.list()).toEqual([]);
    expect(readdirSync(kept.trash)).toHaveLength(1);
    await trash.recover();
    expect(readdirSync(kept.trash)).toEqual([]);
  });

  test("between the two steps of a restore onto an empty folder the entry is still there", async () => {
    using kept = home();
    kept.fill("lnd");
    await kept.open().put("lnd");
    // The empty folder was removed, the entry not yet moved.
    await kept.open().recover();
    await kept.open().restore(ID);
    expect(existsSync(join(kept.data, "lnd", "deep", "file"))).toBe(true);
  });

  test("in the middle of a note the size is unknown and the half note goes", async () => {
    using kept = home();
    kept.fill("lnd");
    await kept.open().put("lnd");
    writeFileSync(temporarySibling(join(kept.trash, `${ID}.json`)), '{"by');
    await kept.open().recover();
    expect(readdirSync(kept.trash)).toEqual([ID]);
  });

  test("between a restore and the end of its note the note goes, and those of entries stay", async () => {
    using kept = home();
    const trash = kept.open();
    for (const app of ["lnd", "electrs"]) {
      kept.fill(app);
      await trash.measure((await trash.put(app))?.id ?? "");
    }
    renameSync(join(kept.trash, ID), join(kept.data, "lnd"));
    await kept.open().recover();
    const electrs = "electrs-2026-11-22T12-30-00.005Z";
    expect(readdirSync(kept.trash).toSorted()).toEqual([electrs, `${electrs}.json`]);
  });

  test("a recovery that is told to stop stops", async () => {
    using kept = home();
    mkdirSync(temporarySibling(join(kept.trash, ID), ".deleting"), { recursive: true });
    await expect(kept.open().recover(AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    expect(readdirSync(kept.trash)).toHaveLength(1);
  });
});

test("with no trash folder there is nothing to recover and nothing to list", async () => {
  using kept = home();
  await kept.open().recover();
  expect(await kept.open().list()).toEqual([]);
});

describe("where something is mounted", () => {
  /** A line of /proc/self/mountinfo. */
  const mounted = (point: string): string =>
    `36 35 98:0 / ${point.replaceAll(" ", "\\040")} rw,noatime - ext4 /dev/sdb1 rw\n`;

  test.each(["lnd", "lnd/deep", "lnd/deep/with space"])(
    "at data/%s, the data stays and the error names it",
    async (below) => {
      const table = { text: "" };
      using kept = home({ mountTable: () => table.text });
      kept.fill("lnd");
      const point = join(kept.data, below);
      table.text = mounted("/") + mounted(kept.data) + mounted(point) + mounted(`${kept.data}/lnd2`);
      await expect(kept.open().put("lnd")).rejects.toEqual(code("ARC_TRASH"));
      await expect(kept.open().put("lnd")).rejects.toThrow(`something is mounted at ${point}`);
      expect(existsSync(join(kept.data, "lnd", "deep", "file"))).toBe(true);
      table.text = mounted("/") + mounted(`${kept.data}/lnd2`);
      expect(await kept.open().put("lnd")).not.toBeNull();
    },
  );

  test("in an entry, nothing of it is deleted, and it stays on the list", async () => {
    const table = { text: "" };
    using kept = home({ mountTable: () => table.text });
    kept.fill("lnd");
    await kept.open().put("lnd");
    table.text = mounted(join(kept.trash, ID, "deep"));
    await expect(kept.open().remove(ID)).rejects.toEqual(code("ARC_TRASH"));
    expect(await kept.open().list()).toHaveLength(1);
    expect(existsSync(join(kept.trash, ID, "deep", "file"))).toBe(true);
  });

  test("in what a crash left half deleted, that waits, and the rest is deleted", async () => {
    const table = { text: "" };
    using kept = home({ mountTable: () => table.text });
    const [first, second] = [
      temporarySibling(join(kept.trash, "a"), ".deleting"),
      temporarySibling(join(kept.trash, "b"), ".deleting"),
    ];
    mkdirSync(join(first, "disk"), { recursive: true });
    mkdirSync(second);
    table.text = mounted(join(first, "disk"));
    await expect(kept.open().recover()).rejects.toEqual(code("ARC_TRASH"));
    expect([existsSync(join(first, "disk")), existsSync(second)]).toEqual([true, false]);
  });
});

/** A filesystem of its own on most machines. */
const MEMORY = "/dev/shm";

test.runIf(existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(tmpdir()).dev)(
  "data on another filesystem than the trash is not copied: it stays, and the error says what to do",
  async () => {
    const other = mkdtempSync(join(MEMORY, "archipelago-"));
    try {
      using kept = home({ trash: join(other, "trash") });
      kept.fill("lnd");
      await expect(kept.open().put("lnd")).rejects.toMatchObject({
        code: "ARC_HOME",
        message: expect.stringContaining("different filesystems"),
        hint: expect.stringContaining("symbolic link"),
      });
      expect(existsSync(join(kept.data, "lnd", "deep", "file"))).toBe(true);
      expect(readdirSync(join(other, "trash"))).toEqual([]);
    } finally {
      rmSync(other, { recursive: true });
    }
  },
);

test("what the system refuses is told with the path", async () => {
  using kept = home();
  kept.fill("lnd");
  writeFileSync(kept.trash, "a file");
  await expect(kept.open().put("lnd")).rejects.toEqual(code("ARC_HOME"));
  await expect(kept.open().put("lnd")).rejects.toThrow(kept.trash);
  expect(existsSync(join(kept.data, "lnd", "deep", "file"))).toBe(true);
});
