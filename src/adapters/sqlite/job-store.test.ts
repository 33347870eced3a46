import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import type { JobStore, StoredJob } from "../../ports/job-store.ts";
import { MemoryJobStore } from "../../testkit/memory-job-store.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { historyEntry } from "../../testkit/views.ts";
import { openState, type StateOptions } from "./state-store.ts";

function job(id: string, said: Partial<StoredJob> = {}): StoredJob {
  return {
    id,
    kind: "install",
    apps: ["lnd"],
    actor: "cli",
    state: "running",
    reason: "",
    createdAt: 1,
    endedAt: null,
    request: null,
    undo: null,
    note: null,
    ...said,
  };
}

const ended = (id: string, said: Partial<StoredJob> = {}): StoredJob =>
  job(id, { state: "done", reason: "it is ready", endedAt: 2, ...said });

/** A state.db in a folder of its own, with what it told of failures. */
function state(options: StateOptions = {}) {
  const folder = temporaryFolder();
  const path = join(folder.path, "state.db");
  const errors: string[] = [];
  const open = () => openState(path, { onError: (message) => errors.push(message), ...options });
  return { path, errors, open, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const ids = (jobs: readonly StoredJob[]): readonly string[] => jobs.map(({ id }) => id);
const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `j${index + 1}`);

const FULL: StoredJob = job("full", {
  kind: "uninstall",
  apps: ["lnd", "bitcoin"],
  state: "failed",
  reason: 'it\'s "so"\n\u{1f680}',
  createdAt: Date.UTC(2026, 10, 22),
  endedAt: Date.UTC(2026, 10, 23),
  request: { purge: true, apps: ["lnd"] },
  undo: [{ path: ["apps", "lnd"], value: { state: "running" } }],
  note: { moved: "lnd-1" },
});

describe.each<[string, () => { readonly jobs: JobStore } & Disposable]>([
  [
    "state.db",
    () => {
      const kept = state();
      const opened = kept.open();
      return {
        jobs: opened.jobs,
        [Symbol.dispose]: () => {
          opened[Symbol.dispose]();
          kept[Symbol.dispose]();
        },
      };
    },
  ],
  ["memory", () => ({ jobs: new MemoryJobStore(), [Symbol.dispose]: () => undefined })],
])("jobs in %s", (_name, open) => {
  test("come back as they were saved last, by their id", () => {
    using store = open();
    store.jobs.save(job("full"));
    store.jobs.save(FULL);
    expect(store.jobs.get("full")).toEqual(FULL);
    expect(store.jobs.get("other")).toBeNull();
    expect(store.jobs.list({ limit: 10 })).toEqual([FULL]);
  });

  test("keep the order in which they were first saved, whatever the clock and later saves", () => {
    using store = open();
    for (const [id, createdAt] of [
      ["a", 5],
      ["b", 5],
      ["c", 1],
    ] as const) {
      store.jobs.save(job(id, { createdAt }));
    }
    store.jobs.save(ended("a", { createdAt: 5 }));
    expect(ids(store.jobs.list({ limit: 10 }))).toEqual(["c", "b", "a"]);
    expect(ids(store.jobs.load())).toEqual(["c", "b", "a"]);
  });

  test.each([
    ["all, newest first", { limit: 10 }, ["c", "b", "a"]],
    ["the newest ones", { limit: 1 }, ["c"]],
    ["those of an app", { app: "lnd", limit: 10 }, ["c", "a"]],
    ["those of an app that has none", { app: "ln", limit: 10 }, []],
  ])("are listed: %s", (_case, query, expected) => {
    using store = open();
    store.jobs.save(job("a", { apps: ["bitcoin", "lnd"] }));
    store.jobs.save(job("b", { apps: ["bitcoin"] }));
    store.jobs.save(job("c", { apps: ["lnd"] }));
    expect(ids(store.jobs.list(query))).toEqual(expected);
  });

  test("at the start are those that run, however old, and the last 200 that ended", () => {
    using store = open();
    store.jobs.save(job("old"));
    for (const id of numbered(250)) store.jobs.save(ended(id));
    const loaded = ids(store.jobs.load());
    expect(loaded).toHaveLength(201);
    expect([loaded[0], loaded[199], loaded[200]]).toEqual(["j250", "j51", "old"]);
  });

  test("that ended go beyond 500, the oldest first; those that run stay", () => {
    using store = open();
    store.jobs.save(job("old"));
    for (const id of numbered(503)) store.jobs.save(ended(id));
    const left = ids(store.jobs.list({ limit: 1000 }));
    expect(left).toHaveLength(501);
    expect(left.slice(-2)).toEqual(["j4", "old"]);
    expect(store.jobs.get("j3")).toBeNull();
  });
});

test("jobs come back after the database is closed and opened again, in the same order and without those that went", () => {
  using kept = state({ maxJobs: 2 });
  {
    using opened = kept.open();
    for (const saved of [job("a"), ended("b"), FULL, ended("d"), ended("a")]) opened.jobs.save(saved);
  }
  using opened = kept.open();
  expect(opened.notice).toBeNull();
  expect(opened.jobs.list({ limit: 10 })).toEqual([ended("d"), FULL]);
  expect(kept.errors).toEqual([]);
});

test("a job outlives a process that is killed the moment after it was saved", () => {
  using kept = state();
  const script = `
    const { openState } = await import(${JSON.stringify(join(import.meta.dirname, "state-store.ts"))});
    openState(process.argv[1]).jobs.save(${JSON.stringify(FULL)});
    process.kill(process.pid, "SIGKILL");
  `;
  const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", script, kept.path]);
  expect(signal).toBe("SIGKILL");
  using opened = kept.open();
  expect(opened.jobs.load()).toEqual([FULL]);
});

test("rows that somebody else wrote are left out", () => {
  using kept = state();
  using opened = kept.open();
  for (const id of ["a", "b", "c", "d"]) opened.jobs.save(job(id));
  using other = new DatabaseSync(kept.path);
  other.exec(`
    UPDATE jobs SET apps = '{}' WHERE id = 'a';
    UPDATE jobs SET note = '{' WHERE id = 'b';
    UPDATE jobs SET state = 'perhaps' WHERE id = 'c';
  `);
  using again = kept.open();
  expect(ids(again.jobs.load())).toEqual(["d"]);
});

describe("a job that can't be written", () => {
  const full = "CREATE TRIGGER full BEFORE INSERT ON jobs BEGIN SELECT RAISE(ABORT, 'full'); END";

  test("is told once, kept in memory, and written with the next that can be", () => {
    using kept = state();
    {
      using opened = kept.open();
      using other = new DatabaseSync(kept.path);
      other.exec(full);
      opened.jobs.save(job("a"));
      opened.jobs.save(ended("a"));
      opened.jobs.save(job("b"));
      expect(kept.errors).toEqual(["jobs can't be written: full"]);
      expect(opened.jobs.list({ limit: 10 })).toEqual([job("b"), ended("a")]);
      other.exec("DROP TRIGGER full");
      opened.jobs.save(job("c"));
      other.exec(full);
      opened.jobs.save(job("d"));
      expect(kept.errors).toHaveLength(2);
    }
    using again = kept.open();
    expect(again.jobs.load()).toEqual([job("c"), job("b"), ended("a")]);
  });

  test("does not leave half of it, nor hold up the history", () => {
    using kept = state({ maxJobs: 1 });
    using opened = kept.open();
    opened.jobs.save(ended("a"));
    using other = new DatabaseSync(kept.path);
    other.exec("CREATE TRIGGER stay BEFORE DELETE ON jobs BEGIN SELECT RAISE(ABORT, 'stays'); END");
    opened.jobs.save(ended("b"));
    expect(kept.errors).toEqual(["jobs can't be written: stays"]);
    expect(other.prepare("SELECT id FROM jobs").all()).toEqual([{ id: "a" }]);
    opened.history.append(historyEntry({ reason: "still" }));
    expect(other.prepare("SELECT reason FROM history").all()).toEqual([{ reason: "still" }]);
  });

  test("because its note is no JSON, or because the database is closed, does not throw", () => {
    using kept = state();
    const opened = kept.open();
    opened.jobs.save(job("a", { note: 1n }));
    expect(kept.errors).toHaveLength(1);
    opened.jobs.save(job("a"));
    opened[Symbol.dispose]();
    opened[Symbol.dispose]();
    opened.jobs.save(job("b"));
    expect(kept.errors).toHaveLength(2);
    expect(ids(opened.jobs.load())).toEqual(["b", "a"]);
  });
});

test("a job is written later where another program holds the database for too long", () => {
  using kept = state();
  using opened = kept.open();
  opened.jobs.save(job("a"));
  using other = new DatabaseSync(kept.path);
  other.exec("BEGIN IMMEDIATE");
  opened.jobs.save(job("b"));
  expect(kept.errors).toEqual([expect.stringContaining("locked")]);
  other.exec("ROLLBACK");
  opened.jobs.save(job("c"));
  expect(other.prepare("SELECT id FROM jobs ORDER BY seq").all()).toEqual([{ id: "a" }, { id: "b" }, { id: "c" }]);
});
