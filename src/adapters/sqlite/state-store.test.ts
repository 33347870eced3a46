import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import type { StoredJob } from "../../ports/job-store.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { historyEntry } from "../../testkit/views.ts";
import { openState } from "./state-store.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 30, 0, 5);
const ASIDE = "state.db.corrupt-2026-11-22T12:30:00.005Z";

function home() {
  const folder = temporaryFolder();
  const path = join(folder.path, "state.db");
  const open = () => openState(path, { now: () => NOW });
  return { folder: folder.path, path, open, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const JOB: StoredJob = {
  id: "j1",
  kind: "update",
  apps: ["lnd"],
  actor: "cli",
  state: "running",
  reason: "",
  createdAt: 1,
  endedAt: null,
  request: { apps: ["lnd"] },
  undo: [],
  note: null,
};

/** As 0.1.0 made it. */
const VERSION_1 = `
  PRAGMA journal_mode = WAL;
  BEGIN;
  CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    app TEXT,
    container TEXT,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    result TEXT NOT NULL,
    detail TEXT NOT NULL,
    diff TEXT NOT NULL,
    duration INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX history_by_app ON history (app, id);
  PRAGMA user_version = 1;
  COMMIT;
  INSERT INTO history (at, app, container, actor, action, reason, result, detail, diff, duration)
    VALUES (1, 'lnd', NULL, 'cli', 'start', 'first', 'ok', '', '[]', 7), (2, NULL, NULL, 'daemon', 'x', 'second', 'noted', '', '[]', 0);
`;

function version1(path: string): void {
  using database = new DatabaseSync(path);
  database.exec(VERSION_1);
}

describe("a state.db of version 1", () => {
  test("keeps its history, gets the jobs, and is of version 2 from then on", () => {
    using kept = home();
    version1(kept.path);
    {
      using opened = kept.open();
      expect(opened.notice).toBeNull();
      expect(opened.history.query({ limit: 10 }).map(({ reason }) => reason)).toEqual(["second", "first"]);
      opened.jobs.save(JOB);
      opened.history.append(historyEntry({ reason: "third" }));
    }
    using again = kept.open();
    expect(again.notice).toBeNull();
    expect(again.history.query({ limit: 10 }).map(({ reason }) => reason)).toEqual(["third", "second", "first"]);
    expect(again.history.query({ app: "lnd", limit: 10 }).at(-1)).toMatchObject({ reason: "first", duration: 7 });
    expect(again.jobs.load()).toEqual([JOB]);
    using raw = new DatabaseSync(kept.path);
    expect(raw.prepare("PRAGMA user_version").get()).toEqual({ user_version: 2 });
  });

  test("that can't be brought up now stays as it is, and is brought up at the next start", () => {
    using kept = home();
    version1(kept.path);
    {
      using other = new DatabaseSync(kept.path);
      other.exec("BEGIN IMMEDIATE");
      using opened = kept.open();
      expect(opened.notice).toMatch(/locked.*kept in memory/);
    }
    using again = kept.open();
    expect(again.notice).toBeNull();
    expect(again.history.query({ limit: 10 })).toHaveLength(2);
    expect(readdirSync(kept.folder).filter((name) => name.includes("corrupt"))).toEqual([]);
  });

  test("in which somebody made a table of that name is set aside, whole", () => {
    using kept = home();
    version1(kept.path);
    {
      using other = new DatabaseSync(kept.path);
      other.exec("CREATE TABLE jobs (x)");
    }
    using opened = kept.open();
    expect(opened.notice).toContain(ASIDE);
    using aside = new DatabaseSync(join(kept.folder, ASIDE));
    expect(aside.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
  });
});

/** Fills it over many pages, so that a cut or a blow meets something. */
function used(path: string): void {
  using opened = openState(path);
  for (let at = 0; at < 100; at += 1) opened.history.append(historyEntry({ at, detail: "x".repeat(500) }));
  for (let at = 0; at < 50; at += 1) opened.jobs.save({ ...JOB, id: `old-${at}`, note: "y".repeat(500) });
}

/** Whatever it was before, it takes jobs and history. */
function works(opened: ReturnType<typeof openState>): void {
  opened.jobs.save(JOB);
  opened.history.append(historyEntry({ reason: "anew" }));
  expect(opened.jobs.get("j1")).toEqual(JOB);
  expect(opened.history.query({ limit: 1 })[0]?.reason).toBe("anew");
}

/** Not random, so that a failure comes back; the same at each run. */
function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, 2_654_435_761) >>> 24);
}

describe("a state.db that can't be used is set aside and replaced:", () => {
  test.each<[string, (path: string) => void]>([
    ["noise", (path) => writeFileSync(path, noise(100_000))],
    [
      "noise behind a header that is right",
      (path) => {
        const bytes = readFileSync(path);
        bytes.set(noise(bytes.length - 100), 100);
        writeFileSync(path, bytes);
      },
    ],
    ...[50, 99, 100, 512, 4095, 4096, 4097, 12_288, 20_000].map((length): [string, (path: string) => void] => [
      `the first ${length} bytes of one`,
      (path) => truncateSync(path, length),
    ]),
    [
      "one whose jobs are gone",
      (path) => {
        using database = new DatabaseSync(path);
        database.exec("DROP TABLE jobs");
      },
    ],
    [
      "one whose jobs lack a column",
      (path) => {
        using database = new DatabaseSync(path);
        database.exec("ALTER TABLE jobs DROP COLUMN note");
      },
    ],
  ])("%s", (_case, damage) => {
    using kept = home();
    used(kept.path);
    damage(kept.path);
    const { size } = statSync(kept.path);
    {
      using opened = kept.open();
      expect(opened.notice).toContain(`set aside as ${kept.path.replace("state.db", ASIDE)}`);
      works(opened);
    }
    expect(statSync(join(kept.folder, ASIDE)).size).toBe(size);
    using again = kept.open();
    expect(again.notice).toBeNull();
    expect(again.jobs.load()).toEqual([JOB]);
  });
});

test.each(["", "x"])("what SQLite takes for an empty file becomes a new state.db: %j", (content) => {
  using kept = home();
  writeFileSync(kept.path, content);
  using opened = kept.open();
  expect(opened.notice).toBeNull();
  works(opened);
});

/** Root may write everywhere, so that only another user meets a folder that can't be written. */
function asNobody(work: () => void): void {
  if (process.getuid?.() !== 0) return work();
  process.setegid?.(65_534);
  process.seteuid?.(65_534);
  try {
    work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe("history and jobs are kept in memory, and the notice says so, with", () => {
  test.each<[string, (folder: string, path: string) => void]>([
    ["a folder in its place", (_folder, path) => mkdirSync(path)],
    ["a folder in its place that is not empty", (_folder, path) => mkdirSync(join(path, "x"), { recursive: true })],
    ["a read-only folder", (folder) => chmodSync(folder, 0o555)],
    [
      "a read-only folder with a state.db in it",
      (folder, path) => {
        used(path);
        chmodSync(path, 0o444);
        chmodSync(folder, 0o555);
      },
    ],
    [
      "a read-only folder with noise in it",
      (folder, path) => {
        writeFileSync(path, noise(10_000));
        chmodSync(path, 0o666);
        chmodSync(folder, 0o555);
      },
    ],
    [
      "a state.db that can't be read",
      (folder, path) => {
        used(path);
        chmodSync(path, 0o000);
        chmodSync(folder, 0o777);
      },
    ],
  ])("%s", (_case, prepare) => {
    using kept = home();
    prepare(kept.folder, kept.path);
    const before = readdirSync(kept.folder);
    asNobody(() => {
      using opened = kept.open();
      expect(opened.notice).toContain("kept in memory");
      works(opened);
    });
    expect(readdirSync(kept.folder)).toEqual(before);
    chmodSync(kept.folder, 0o700);
  });
});
