import { describe, expect, test } from "vitest";
import { appId } from "../ids.ts";
import { EMPTY_MEMORY, type AppMemory } from "../memory/memory.ts";
import { EMPTY_RECORD, type AppRecord } from "../record/app-record.ts";
import { commitRecord } from "../rollout/commit-record.ts";
import { trialOf } from "../rollout/rollout.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import { manifestText } from "../../testkit/builders.ts";
import { desiredOf, made, planText, web, worldOf } from "../../testkit/planned-node.ts";
import { resolvedNode, type ResolvedOptions } from "../../testkit/resolved-node.ts";
import { planNode, type World } from "./plan-node.ts";

const OLD = web();
const NEXT = "docker.io/library/nginx:1.29";
const next = (rest: Parameters<typeof web>[0] = {}): string =>
  web({ version: "2.0.0", container: { image: NEXT, health: { readiness: { tcp: { port: 80 } } } }, ...rest });

/** The catalogue has 2.0.0, node.yml asks for it, and 1.0.0 was committed. */
const update = (rest: Parameters<typeof web>[0] = {}): ResolvedOptions => ({
  catalogue: { web: next(rest) },
  accepted: { web: OLD },
  apps: { web: { version: "2.0.0" } },
});

const old = (summary: Partial<OwnContainer["summary"]> = {}) => made({ catalogue: { web: OLD } }, { summary });
const fresh = (summary: Partial<OwnContainer["summary"]> = {}, options = update()) =>
  made(options, { generation: 2, summary });

const HERE: Partial<World> = { images: new Set(["docker.io/library/nginx:1.28", NEXT]) };

const probed = (found: readonly OwnContainer[], outcome: "pass" | "fail"): Partial<AppMemory> => ({
  runs: new Map(
    found.map(({ id, run }) => [
      id,
      {
        run,
        probes: {
          readiness: { outcome, failures: outcome === "fail" ? 99 : 0, detail: "refused", at: 0, progress: null },
        },
      },
    ]),
  ),
});

const withRecord = (options: ResolvedOptions, change: (record: AppRecord) => AppRecord): ResolvedOptions => {
  const committed = commitRecord(
    EMPTY_RECORD,
    { version: "1.0.0", containers: desiredOf({ catalogue: { web: OLD } }) },
    { at: 0, downtime: null },
  );
  return { ...options, records: { web: change(committed) } };
};

const quarantined = (at: number, options = update()): ResolvedOptions =>
  withRecord(options, (record) => ({
    ...record,
    quarantine: {
      version: "2.0.0",
      containers: trialOf(desiredOf(options)),
      reason: "web.g2 exited with code 1",
      at,
      failed: [],
    },
  }));

const statusOf = (options: ResolvedOptions, own: readonly OwnContainer[], memory: Partial<AppMemory> = {}) =>
  planNode(
    resolvedNode(options).desired,
    worldOf(own, HERE),
    new Map([[appId("web"), { ...EMPTY_MEMORY, ...memory }]]),
  ).apps.get(appId("web"))?.rollout ?? null;

describe("an update", () => {
  test("fetches first and keeps what runs running meanwhile", () => {
    expect(planText(update(), old({ state: "exited", exitCode: 1, pid: 0 }))).toMatchInlineSnapshot(`
      "+ start web  restart  web.g1 exited with code 1
          state: exited (code 1) -> running (outside)
      + pull web  none  docker.io/library/nginx:1.29 is not on this machine
      + create web  recreate  image is docker.io/library/nginx:1.28, shall be docker.io/library/nginx:1.29 (manifest)
          image: docker.io/library/nginx:1.28 -> docker.io/library/nginx:1.29 (manifest)
          waits: docker.io/library/nginx:1.29 must be pulled first
      + start web  recreate  takes the place of the earlier generation
          waits: docker.io/library/nginx:1.29 must be pulled first
      "
    `);
  });

  test("then creates, stops, starts", () => {
    expect(planText(update(), old(), HERE)).toMatchInlineSnapshot(`
      "+ create web  recreate  image is docker.io/library/nginx:1.28, shall be docker.io/library/nginx:1.29 (manifest)
          image: docker.io/library/nginx:1.28 -> docker.io/library/nginx:1.29 (manifest)
      - stop web  restart  web.g2 takes its place
      + start web  recreate  takes the place of the earlier generation
      "
    `);
  });

  test("has to prove itself before the earlier generation goes", () => {
    const own = [...old({ state: "exited", pid: 0 }), ...fresh()];
    const memory = probed(own, "pass");
    expect(planText(update(), own, HERE, { ...memory, goodSince: 90_001 })).toMatchInlineSnapshot(`
      "nothing to do
      held:
          web  it does its work; it is kept when it has done so for 10 s
      "
    `);
    expect(planText(update(), own, HERE, { ...memory, goodSince: 90_000 })).toMatchInlineSnapshot(`
      "~ accept web  none  web 2.0.0 does its work
      - remove web  recreate  web.g2 has taken its place
      "
    `);
    expect(statusOf(update(), own, { ...memory, goodSince: 99_000 })?.state).toBe("proving");
  });

  test("is taken back while it proves itself, and the earlier generation returns", () => {
    const own = [...old({ state: "exited", pid: 0 }), ...fresh()];
    expect(planText({ ...update(), apps: { web: {} } }, own, HERE)).toMatchInlineSnapshot(`
      "- stop web  restart  web.g1 takes its place
      + start web  restart  web.g1 exited with code 0
          state: exited (code 0) -> running (outside)
      "
    `);
  });

  test("drops what was superseded on the way", () => {
    const between = { ...update(), catalogue: { web: next({ container: { image: NEXT, env: { TRY: "1" } } }) } };
    const own = [...old(), ...made(between, { generation: 2, summary: { state: "created", startedAt: 0, pid: 0 } })];
    expect(planText(update(), own, HERE)).toMatchInlineSnapshot(`
      "- remove web  recreate  web.g2 was superseded before it did its work
      + create web  recreate  image is docker.io/library/nginx:1.28, shall be docker.io/library/nginx:1.29 (manifest)
          image: docker.io/library/nginx:1.28 -> docker.io/library/nginx:1.29 (manifest)
      - stop web  restart  web.g3 takes its place
      + start web  recreate  takes the place of the earlier generation
      "
    `);
  });
});

describe("a new generation that fails", () => {
  const exited = { state: "exited", exitCode: 1, pid: 0 } as const;
  const stopped = old({ state: "exited", pid: 0 });

  test("by its end goes back", () => {
    expect(planText(update(), [...stopped, ...fresh(exited)], HERE)).toMatchInlineSnapshot(`
      "~ quarantine web  none  version 2.0.0 failed: web.g2 exited with code 1; back to version 1.0.0
      + start web  restart  web.g1 exited with code 0
          state: exited (code 0) -> running (outside)
      "
    `);
  });

  test.each<[string, readonly OwnContainer[], Partial<AppMemory>, string]>([
    ["its readiness", [...stopped, ...fresh()], probed(fresh(), "fail"), "web.g2 did not become ready: refused"],
    [
      "its creation",
      old(),
      {
        failedStep: { op: "create", container: "main", name: "web.g2", error: "no such device" },
        lastError: "no such device",
      },
      "main could not be created: no such device",
    ],
    [
      "its start",
      [...stopped, ...fresh({ state: "created", startedAt: 0, pid: 0 })],
      { failedStep: { op: "start", container: "main", name: "web.g2", error: "exec format error" } },
      "web.g2 could not be started: exec format error",
    ],
  ])("by %s goes back", (_what, own, memory, reason) => {
    const text = planText(update(), own, HERE, memory);
    expect(text).toContain(`~ quarantine web  none  version 2.0.0 failed: ${reason}; `);
    expect(statusOf(update(), own, memory)?.state).toBe("rolled-back");
  });

  test("by a pull that can't ever go well is not tried again, by one that may is", () => {
    const paused = { attempts: 1, lastAt: 100_000, nextAt: 101_000 };
    const failing = (permanent: boolean) => ({
      fetches: new Map([[NEXT, { backoff: paused, error: "no such image", permanent }]]),
    });
    expect(planText(update(), old(), {}, failing(true))).toMatchInlineSnapshot(`
      "~ quarantine web  none  version 2.0.0 failed: no such image; version 1.0.0 runs on
      "
    `);
    expect(planText(update(), old(), {}, failing(false))).toMatchInlineSnapshot(`
      "+ create web  recreate  image is docker.io/library/nginx:1.28, shall be docker.io/library/nginx:1.29 (manifest)
          image: docker.io/library/nginx:1.28 -> docker.io/library/nginx:1.29 (manifest)
          waits: docker.io/library/nginx:1.29 could not be pulled for web: no such image
      - stop web  restart  web.g2 takes its place
          waits: docker.io/library/nginx:1.29 could not be pulled for web: no such image
      + start web  recreate  takes the place of the earlier generation
          waits: docker.io/library/nginx:1.29 could not be pulled for web: no such image
      held:
          web  docker.io/library/nginx:1.29 could not be pulled for web: no such image
      "
    `);
  });

  test("goes back even while a pause lasts", () => {
    const backoff = { attempts: 1, lastAt: 99_999, nextAt: 101_000 };
    const memory = {
      backoff,
      lastError: "exec format error",
      failedStep: { op: "start", container: "main", name: "web.g2", error: "exec format error" },
    } as const;
    const own = [...stopped, ...fresh({ state: "created", startedAt: 0, pid: 0 })];
    expect(planText(update(), own, HERE, memory)).toContain("+ start web");
  });

  test("is no failure where the owner stopped it", () => {
    const own = [...stopped, ...fresh({ ...exited, exitCode: 143 })];
    expect(planText(update(), own, HERE, { stopped: new Set(["web.g2"]) })).toMatchInlineSnapshot(`
      "+ start web  restart  wanted running again
      "
    `);
    const off = { ...update(), apps: { web: { version: "2.0.0", state: "stopped" } } };
    expect(planText(off, own, HERE)).toMatchInlineSnapshot(`
      "- remove web  recreate  web.g2 was stopped before it had proven itself
      "
    `);
  });

  test("is no failure where a reboot left it created", () => {
    const own = [...stopped, ...fresh({ state: "created", startedAt: 1_000, pid: 0 })];
    expect(planText(update(), own, HERE)).not.toContain("quarantine");
  });
});

describe("a quarantined set", () => {
  const stopped = old({ state: "exited", pid: 0 });
  const failed = fresh({ state: "exited", exitCode: 1, pid: 0 });

  test("makes way, and is removed when the earlier generation does its work again", () => {
    expect(planText(quarantined(50_000), [...stopped, ...fresh()], HERE)).toMatchInlineSnapshot(`
      "- stop web  restart  web.g1 takes its place
      + start web  restart  web.g1 exited with code 0
          state: exited (code 0) -> running (outside)
      "
    `);
    expect(planText(quarantined(50_000), [...old(), ...failed], HERE)).toMatchInlineSnapshot(`
      "- remove web  recreate  web.g1 has taken its place
      "
    `);
    expect(planText(quarantined(50_000), old(), HERE)).toBe("nothing to do\n");
    expect(statusOf(quarantined(50_000), old())).toMatchInlineSnapshot(`
      {
        "from": "1.0.0",
        "reason": "version 2.0.0 failed: web.g2 exited with code 1; version 1.0.0 runs, until something changes or you say retry",
        "state": "rolled-back",
        "to": "2.0.0",
      }
    `);
  });

  test("leaves the earlier generation to be healed as ever", () => {
    const own = old({ state: "exited", exitCode: 137, pid: 0 });
    expect(planText(quarantined(50_000), own, HERE)).toMatchInlineSnapshot(`
      "+ start web  restart  web.g1 exited with code 137
          state: exited (code 137) -> running (outside)
      "
    `);
  });

  test("is tried again when something of it changes", () => {
    const options = quarantined(50_000);
    const edited = { ...options, catalogue: { web: next({ container: { image: NEXT, env: { MENDED: "1" } } }) } };
    expect(planText(edited, old(), HERE)).toContain("+ create web");
  });

  test("is tried again when no more than its probe was mended", () => {
    const options = quarantined(50_000);
    const health = { readiness: { tcp: { port: 8080 } } };
    const mended = { ...options, catalogue: { web: next({ container: { image: NEXT, health } }) } };
    expect(planText(mended, old(), HERE)).toContain("+ create web");
  });

  test("is tried again when a person says retry, once", () => {
    const say = (moment: number) => ({ web: { version: "2.0.0", retried_at: new Date(moment).toISOString() } });
    expect(planText({ ...quarantined(50_000), apps: say(51_000) }, old(), HERE)).toContain("+ create web");
    expect(planText({ ...quarantined(60_000), apps: say(51_000) }, old(), HERE)).toBe("nothing to do\n");
  });

  test("is tried again where its predecessor is gone for good", () => {
    expect(planText(quarantined(50_000), [], HERE)).toContain("+ create web");
  });
});

describe("a manifest that forbids to go back", () => {
  const stopped = old({ state: "exited", pid: 0 });
  const exited = { state: "exited", exitCode: 1, pid: 0 } as const;
  const unstarted = { state: "created", startedAt: 0, pid: 0 } as const;
  const failedStart = { failedStep: { op: "start", container: "main", name: "web.g2", error: "no" } } as const;

  test.each<["until-start" | "never", string, readonly OwnContainer[], Partial<AppMemory>, boolean]>([
    ["until-start", "that never ran", [...stopped, ...fresh(unstarted)], failedStart, true],
    ["until-start", "that has run", [...stopped, ...fresh(exited)], {}, false],
    [
      "never",
      "before the earlier one was stopped",
      [...old(), ...fresh(unstarted)],
      { failedStep: { op: "create", container: "main", name: "web.g2", error: "no" } },
      true,
    ],
    ["never", "once the earlier one was stopped", [...stopped, ...fresh(unstarted)], failedStart, false],
  ])("(%s) judges one %s", (rollback, _what, own, memory, goesBack) => {
    const options = update({ update: { rollback } });
    const text = planText(options, own, HERE, memory);
    expect(text.includes("quarantine")).toBe(goesBack);
    expect(text.includes("needs a person")).toBe(!goesBack);
    expect(statusOf(options, own, memory)?.state).toBe(goesBack ? "rolled-back" : "stuck");
  });

  test("goes on trying meanwhile, for nothing else may run on that data", () => {
    const options = update({ update: { rollback: "never" } });
    expect(planText(options, [...stopped, ...fresh(exited)], HERE)).toMatchInlineSnapshot(`
      "+ start web  restart  web.g2 exited with code 1
          state: exited (code 1) -> running (outside)
      held:
          web  needs a person: version 2.0.0 failed: web.g2 exited with code 1; its manifest forbids to go back to 1.0.0, for its data may have changed; look at its logs, mend its settings, or restore a backup
      "
    `);
  });
});

describe("containers of one app", () => {
  const several = (version: string, image: string) =>
    manifestText({
      id: "web",
      version,
      container: undefined,
      containers: {
        db: { image: "docker.io/library/nginx:1.28" },
        main: { image, start_after: ["db"] },
        ui: { image, start_after: ["main"] },
      },
    });
  const before: ResolvedOptions = { catalogue: { web: several("1.0.0", "docker.io/library/nginx:1.28") } };
  const after: ResolvedOptions = {
    catalogue: { web: several("2.0.0", NEXT) },
    accepted: { web: several("1.0.0", "docker.io/library/nginx:1.28") },
    apps: { web: { version: "2.0.0" } },
  };

  test("move together, stopped in reverse and started in order; what did not change stays", () => {
    expect(planText(after, made(before), HERE)).toMatchInlineSnapshot(`
      "+ create web  recreate  image is docker.io/library/nginx:1.28, shall be docker.io/library/nginx:1.29 (manifest)
          image: docker.io/library/nginx:1.28 -> docker.io/library/nginx:1.29 (manifest)
      + create web/ui  recreate  image is docker.io/library/nginx:1.28, shall be docker.io/library/nginx:1.29 (manifest)
          image: docker.io/library/nginx:1.28 -> docker.io/library/nginx:1.29 (manifest)
      - stop web/ui  restart  web--ui.g2 takes its place
      - stop web  restart  web.g2 takes its place
      + start web  recreate  takes the place of the earlier generation
      + start web/ui  recreate  takes the place of the earlier generation
          waits: main must be started first (it is missing)
      "
    `);
  });

  test("go back together where one of them fails", () => {
    const stopped = made(before, { summary: { state: "exited", pid: 0 } }).filter(
      ({ container }) => container !== "db",
    );
    const db = made(before).filter(({ container }) => container === "db");
    const moved = made(after, { generation: 2 }).filter(({ container }) => container !== "db");
    const own = moved.map((found) =>
      found.container === "ui"
        ? { ...found, alive: false, summary: { ...found.summary, state: "exited" as const, exitCode: 3 } }
        : found,
    );
    expect(planText(after, [...db, ...stopped, ...own], HERE)).toMatchInlineSnapshot(`
      "~ quarantine web  none  version 2.0.0 failed: web--ui.g2 exited with code 3; back to version 1.0.0
      - stop web  restart  web.g1 takes its place
      + start web  restart  web.g1 exited with code 0
          state: exited (code 0) -> running (outside)
      + start web/ui  restart  web--ui.g1 exited with code 0
          state: exited (code 0) -> running (outside)
          waits: main must be started first (it is exited)
      "
    `);
  });

  test("that the new version no longer has stay until it has proven itself", () => {
    const less: ResolvedOptions = { ...after, catalogue: { web: next() } };
    expect(planText(less, made(before), HERE)).toMatchInlineSnapshot(`
      "+ create web  recreate  image is docker.io/library/nginx:1.28, shall be docker.io/library/nginx:1.29 (manifest)
          image: docker.io/library/nginx:1.28 -> docker.io/library/nginx:1.29 (manifest)
      - stop web/db  restart  web no longer has a container db
      - stop web/ui  restart  web no longer has a container ui
      - stop web  restart  web.g2 takes its place
      + start web  recreate  takes the place of the earlier generation
      "
    `);
  });
});

describe("a first install", () => {
  test("has nothing to go back to: it is tried again after a pause", () => {
    const options: ResolvedOptions = { catalogue: { web: OLD } };
    const failed = made(options, { summary: { state: "exited", exitCode: 1, pid: 0 } });
    expect(planText(options, failed)).toMatchInlineSnapshot(`
      "+ start web  restart  web.g1 exited with code 1
          state: exited (code 1) -> running (outside)
      "
    `);
  });

  test("that is edited before it was ever good leaves nothing behind", () => {
    const options: ResolvedOptions = { catalogue: { web: web({ container: { image: NEXT, env: { A: "2" } } }) } };
    const failed = made({ catalogue: { web: OLD } }, { summary: { state: "exited", exitCode: 1, pid: 0 } });
    expect(planText(options, failed, HERE)).toContain("web.g1 was superseded before it did its work");
  });
});

describe("with too little room on the disk", () => {
  const disks = [{ path: "/", what: "images", free: 1e9, total: 1e12 }] as const;

  test("nothing is fetched and nothing installed; what runs goes on", () => {
    expect(planText(update(), old({ state: "exited", exitCode: 1, pid: 0 }), { disks })).toMatchInlineSnapshot(`
      "+ start web  restart  web.g1 exited with code 1
          state: exited (code 1) -> running (outside)
      + create web  recreate  image is docker.io/library/nginx:1.28, shall be docker.io/library/nginx:1.29 (manifest)
          image: docker.io/library/nginx:1.28 -> docker.io/library/nginx:1.29 (manifest)
          waits: only 1.0 GB are free on the disk of the images (2.1 GB are to stay free): nothing is installed or fetched until there is more
      + start web  recreate  takes the place of the earlier generation
          waits: only 1.0 GB are free on the disk of the images (2.1 GB are to stay free): nothing is installed or fetched until there is more
      held:
          web  only 1.0 GB are free on the disk of the images (2.1 GB are to stay free): nothing is installed or fetched until there is more
      "
    `);
    expect(planText({ catalogue: { web: OLD } }, [], { disks, ...HERE })).toMatchInlineSnapshot(`
      "+ create web  none  web.g1 is missing
          container: (none) -> web.g1 (manifest)
          waits: only 1.0 GB are free on the disk of the images (2.1 GB are to stay free): nothing is installed or fetched until there is more
      + start web  none  wanted running
          waits: only 1.0 GB are free on the disk of the images (2.1 GB are to stay free): nothing is installed or fetched until there is more
      held:
          web  only 1.0 GB are free on the disk of the images (2.1 GB are to stay free): nothing is installed or fetched until there is more
      "
    `);
  });

  test("nothing is fetched that would leave too little, as large as what runs now", () => {
    const roomy = [{ ...disks[0], free: 4 * 1024 ** 3 }];
    const asks = (gibibytes: number): string =>
      planText(update(), old(), { disks: roomy, imageBytes: new Map([["image", gibibytes * 1024 ** 3]]) });
    expect(asks(1)).toContain("+ pull web");
    expect(asks(3)).toContain(
      "only 4.3 GB are free on the disk of the images, about 3.2 GB are needed (2.1 GB are to stay free)",
    );
  });

  test("images that we fetched and nobody needs go, those of the generation before stay", () => {
    const options = withRecord({ catalogue: { web: OLD }, accepted: { web: OLD } }, (record) => ({
      ...record,
      committed: record.committed && { ...record.committed, previousImages: ["docker.io/library/nginx:1.27"] },
    }));
    const fetched = new Set([1, 5, 6, 7, 8].map((minor) => `docker.io/library/nginx:1.2${minor}`));
    expect(planText(options, old(), { disks, fetched })).toMatchInlineSnapshot(`
      "- remove-image (shared)  none  no app needs docker.io/library/nginx:1.21, and only 1.0 GB are free
      - remove-image (shared)  none  no app needs docker.io/library/nginx:1.25, and only 1.0 GB are free
      - remove-image (shared)  none  no app needs docker.io/library/nginx:1.26, and only 1.0 GB are free
      "
    `);
    const roomy = [{ ...disks[0], free: 5e11 }];
    expect(planText(options, old(), { disks: roomy, fetched })).toBe("nothing to do\n");
  });

  test("no image goes while an app changes its generation", () => {
    const fetched = new Set(["docker.io/library/nginx:1.21"]);
    const [own, removal] = [[...old({ state: "exited", pid: 0 }), ...fresh()], "remove-image"];
    expect(planText(update(), own, { disks, fetched })).not.toContain(removal);
    // One that waits for room changes nothing, nor does one that has gone back.
    expect(planText(update(), old(), { disks, fetched })).toContain(removal);
    expect(planText(quarantined(50_000), old(), { disks, fetched, ...HERE })).toContain(removal);
  });

  test("they go where an image that is to come leaves too little, though the mark is not reached", () => {
    const fetched = new Set(["docker.io/library/nginx:1.21"]);
    const roomy = [{ ...disks[0], free: 20 * 1024 ** 3 }];
    const sized = { disks: roomy, fetched, imageBytes: new Map([["image", 19 * 1024 ** 3]]) };
    expect(planText(update(), old(), sized)).toContain("remove-image");
  });
});
