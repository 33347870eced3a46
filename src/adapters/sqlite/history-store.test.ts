import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import type { DiffEntry } from "../../core/diff/diff.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { historyEntry } from "../../testkit/views.ts";
import { openState, type StateOptions } from "./state-store.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 30, 0, 5);
const ASIDE = "state.db.corrupt-2026-11-22T12:30:00.005Z";

/** A history in a folder of its own, with what it told of failures. */
function history(options: StateOptions = {}) {
  const folder = temporaryFolder();
  const path = join(folder.path, "state.db");
  const errors: string[] = [];
  const open = () => {
    const onError = (message: string) => errors.push(message);
    const { history: store, notice } = openState(path, { now: () => NOW, onError, ...options });
    return { store, notice };
  };
  return { folder: folder.path, path, errors, open, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const reasons = (entries: readonly { readonly reason: string }[]): string[] => entries.map(({ reason }) => reason);

const DIFF: readonly DiffEntry[] = [
  {
    path: "env.A",
    desired: "1",
    observed: null,
    origin: "fact:host_ip",
    impact: "recreate",
    cause: { from: "a", to: "b" },
  },
  { path: "state", desired: "running", observed: "'exited'\n\"", origin: "outside", impact: "restart" },
];

test("an entry comes back as it was, after the database is closed and opened again", () => {
  using kept = history();
  const entries = [
    historyEntry({ at: NOW, diff: DIFF, duration: 1234, result: "failed", detail: "a'b;\n\u0000\u{1f680}" }),
    historyEntry({ at: NOW, app: null, container: null }),
  ];
  {
    const { store, notice } = kept.open();
    using _ = store;
    expect(notice).toBeNull();
    for (const entry of entries) store.append(entry);
  }
  const { store, notice } = kept.open();
  using _ = store;
  expect(notice).toBeNull();
  expect(store.query({ limit: 10 })).toEqual(entries.toReversed());
  expect(kept.errors).toEqual([]);
});

test("of several entries in the same millisecond the last one is the newest, and a clock that goes back changes nothing", () => {
  using kept = history();
  const { store } = kept.open();
  using _ = store;
  for (const [reason, at] of [
    ["first", 7],
    ["second", 7],
    ["third", 7],
    ["fourth", 3],
  ] as const) {
    store.append(historyEntry({ reason, at }));
  }
  expect(reasons(store.query({ limit: 10 }))).toEqual(["fourth", "third", "second", "first"]);
});

describe("a query", () => {
  test.each([
    ["all, newest first", { limit: 10 }, ["d", "c", "b", "a"]],
    ["the newest ones", { limit: 2 }, ["d", "c"]],
    ["none", { limit: 0 }, []],
    ["those of one app", { app: "lnd", limit: 10 }, ["c", "a"]],
    ["those since a time, that time included", { since: 2, limit: 10 }, ["d", "c", "b"]],
    ["those of one app since a time, at most one", { app: "lnd", since: 1, limit: 1 }, ["c"]],
    ["those of an app that has none", { app: "x' OR 1=1", limit: 10 }, []],
  ])("finds %s", (_case, query, expected) => {
    using kept = history();
    const { store } = kept.open();
    using _ = store;
    store.append(historyEntry({ at: 1, app: "lnd", reason: "a" }));
    store.append(historyEntry({ at: 2, app: null, reason: "b" }));
    store.append(historyEntry({ at: 3, app: "lnd", reason: "c" }));
    store.append(historyEntry({ at: 4, app: "electrs", reason: "d" }));
    expect(reasons(store.query(query))).toEqual(expected);
  });

  test("leaves out rows that somebody else wrote", () => {
    using kept = history();
    const { store } = kept.open();
    using _ = store;
    store.append(historyEntry({ reason: "ours" }));
    using other = new DatabaseSync(kept.path);
    const insert = other.prepare(
      "INSERT INTO history (at, actor, action, reason, result, detail, diff, duration) VALUES (1, '', '', '', ?, '', ?, 0)",
    );
    insert.run("ok", "{");
    insert.run("ok", '[{"path":1}]');
    insert.run("perhaps", "[]");
    expect(reasons(store.query({ limit: 1 }))).toEqual(["ours"]);
  });
});

test("nobody else on the host can read it", () => {
  using kept = history();
  const { store } = kept.open();
  using _ = store;
  store.append(historyEntry());
  const modes = readdirSync(kept.folder).map((name) => [name, statSync(join(kept.folder, name)).mode & 0o777]);
  expect(modes).toEqual([
    ["state.db", 0o600],
    ["state.db-shm", 0o600],
    ["state.db-wal", 0o600],
  ]);
});

test("opening, reading and closing without an append writes nothing", () => {
  using kept = history();
  {
    using store = kept.open().store;
    store.append(historyEntry());
  }
  const before = statSync(kept.path, { bigint: true });
  {
    using store = kept.open().store;
    store.query({ limit: 10 });
    expect(statSync(`${kept.path}-wal`).size).toBe(0);
  }
  const after = statSync(kept.path, { bigint: true });
  expect([after.mtimeNs, after.ino]).toEqual([before.mtimeNs, before.ino]);
  expect(readdirSync(kept.folder)).toEqual(["state.db"]);
});

describe("rotation", () => {
  test("lets the oldest go beyond the number of rows, down to nine tenths", () => {
    using kept = history({ maxRows: 20, checkEvery: 1 });
    using store = kept.open().store;
    for (let at = 1; at <= 21; at += 1) store.append(historyEntry({ at }));
    const left = store.query({ limit: 100 }).map(({ at }) => at);
    expect(left).toEqual(Array.from({ length: 18 }, (_, index) => 21 - index));
  });

  test("lets the oldest go beyond the bytes in use, and the file stops growing", () => {
    using kept = history({ maxBytes: 512 * 1024, checkEvery: 4 });
    const detail = "x".repeat(10_000);
    {
      using store = kept.open().store;
      for (let at = 1; at <= 500; at += 1) store.append(historyEntry({ at, detail }));
      const left = store.query({ limit: 1000 });
      expect(left[0]?.at).toBe(500);
      expect(left.length).toBeGreaterThan(20);
      expect(left.length).toBeLessThan(60);
    }
    expect(statSync(kept.path).size).toBeLessThan(1024 * 1024);
    expect(kept.errors).toEqual([]);
  });

  test("keeps the newest entry however large it is", () => {
    using kept = history({ maxBytes: 64 * 1024, checkEvery: 1 });
    using store = kept.open().store;
    for (const at of [1, 2]) store.append(historyEntry({ at, detail: "x".repeat(1_000_000) }));
    expect(store.query({ limit: 10 }).map(({ at }) => at)).toEqual([2]);
  });

  test("happens at the first append too, for a daemon that is never up for long", () => {
    using kept = history({ maxRows: 5 });
    for (let at = 1; at <= 12; at += 1) {
      using store = kept.open().store;
      store.append(historyEntry({ at }));
    }
    using store = kept.open().store;
    expect(store.query({ limit: 100 }).length).toBeLessThanOrEqual(5);
  });
});

describe("a database that can't be used is set aside and replaced:", () => {
  const damages: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ["garbage", (path) => writeFileSync(path, "no database".repeat(1000)), /not a database/],
    [
      "damage deep inside",
      (path) => {
        const bytes = readFileSync(path);
        bytes.fill(0xff, 4096 * 2);
        writeFileSync(path, bytes);
      },
      /could not be used/,
    ],
    ["one cut off", (path) => writeFileSync(path, readFileSync(path).subarray(0, 4096 * 2 + 100)), /could not be used/],
    [
      "one of a later version",
      (path) => {
        using database = new DatabaseSync(path);
        database.exec("PRAGMA user_version = 99");
      },
      /version is 99/,
    ],
    [
      "one without the table",
      (path) => {
        using database = new DatabaseSync(path);
        database.exec("DROP TABLE history");
      },
      /no such table/,
    ],
    [
      "one of another program",
      (path) => {
        using database = new DatabaseSync(path);
        database.exec("PRAGMA user_version = 0");
      },
      /version is 0/,
    ],
  ];
  test.each(damages)("%s", (_case, damage, said) => {
    using kept = history();
    {
      using store = kept.open().store;
      for (let at = 0; at < 100; at += 1) store.append(historyEntry({ at, detail: "x".repeat(500) }));
    }
    damage(kept.path);
    const damaged = readFileSync(kept.path);
    {
      const { store, notice } = kept.open();
      using _ = store;
      expect(notice).toMatch(said);
      expect(notice).toContain(ASIDE);
      expect(store.query({ limit: 1 })).toEqual([]);
      store.append(historyEntry({ reason: "anew" }));
      expect(reasons(store.query({ limit: 10 }))).toEqual(["anew"]);
    }
    expect(readFileSync(join(kept.folder, ASIDE)).length).toBe(damaged.length);
    const again = kept.open();
    using _ = again.store;
    expect(again.notice).toBeNull();
    expect(reasons(again.store.query({ limit: 10 }))).toEqual(["anew"]);
  });

  test("what another program holds open goes with its log, so that the new one does not take that for its own", () => {
    using kept = history();
    kept.open().store[Symbol.dispose]();
    using other = new DatabaseSync(kept.path);
    other.exec("PRAGMA user_version = 99");
    expect(statSync(`${kept.path}-wal`).size).toBeGreaterThan(0);
    const { store } = kept.open();
    using _ = store;
    store.append(historyEntry({ reason: "anew" }));
    expect(statSync(join(kept.folder, `${ASIDE}-wal`)).size).toBeGreaterThan(0);
    expect(reasons(store.query({ limit: 10 }))).toEqual(["anew"]);
    using aside = new DatabaseSync(join(kept.folder, ASIDE));
    expect(aside.prepare("PRAGMA user_version").get()).toEqual({ user_version: 99 });
  });
});

test.each([
  ["a folder in its place", (path: string) => mkdirSync(path)],
  ["a home that is gone", () => undefined],
])("with %s, history is kept in memory and the notice says so", (_case, prepare) => {
  using folder = temporaryFolder();
  const path = join(folder.path, "home", "state.db");
  if (prepare.length > 0) mkdirSync(join(folder.path, "home"));
  prepare(path);
  const { history: store, notice } = openState(path);
  using _ = store;
  expect(notice).toContain("kept in memory");
  store.append(historyEntry({ reason: "remembered" }));
  expect(reasons(store.query({ limit: 10 }))).toEqual(["remembered"]);
});

describe("an append that fails", () => {
  test("does not throw, is told once, and the next that succeeds ends it", () => {
    using kept = history();
    using store = kept.open().store;
    using other = new DatabaseSync(kept.path);
    const full = () =>
      other.exec("CREATE TRIGGER full BEFORE INSERT ON history BEGIN SELECT RAISE(ABORT, 'full'); END");
    full();
    store.append(historyEntry({ reason: "lost" }));
    store.append(historyEntry({ reason: "lost too" }));
    expect(kept.errors).toEqual(["history can't be written: full"]);
    other.exec("DROP TRIGGER full");
    store.append(historyEntry({ reason: "kept" }));
    full();
    store.append(historyEntry({ reason: "lost again" }));
    expect(kept.errors).toHaveLength(2);
    expect(reasons(store.query({ limit: 10 }))).toEqual(["kept"]);
  });

  test("because the store is closed does not throw either; a query says ARC_HOME", () => {
    using kept = history();
    const { store } = kept.open();
    store[Symbol.dispose]();
    store[Symbol.dispose]();
    store.append(historyEntry());
    expect(kept.errors).toHaveLength(1);
    expect(() => store.query({ limit: 1 })).toThrow(expect.objectContaining({ code: "ARC_HOME" }));
  });
});
