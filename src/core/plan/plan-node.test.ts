import { describe, expect, test } from "vitest";
import { manifestText } from "../../testkit/builders.ts";
import { ownContainer, type OwnOptions } from "../../testkit/own-container.ts";
import { desiredOf, made, network, planText, web, worldOf } from "../../testkit/planned-node.ts";
import { resolvedNode, type ResolvedOptions } from "../../testkit/resolved-node.ts";
import { appId, containerId } from "../ids.ts";
import { EMPTY_MEMORY, type AppMemory } from "../memory/memory.ts";
import { formatPlan } from "./format-plan.ts";
import { viewPlan } from "./plan-view.ts";
import { planNode, type World } from "./plan-node.ts";

const PLAIN: ResolvedOptions = { catalogue: { web: web() }, accepted: { web: web() } };

describe("a plan", () => {
  test("of a settled node is empty", () => {
    expect(planText(PLAIN, made(PLAIN))).toBe("nothing to do\n");
  });

  test("of a fresh node makes the network, fetches, creates, starts", () => {
    expect(planText({ catalogue: { web: web() } }, [], { images: new Set(), networks: [] })).toMatchInlineSnapshot(`
      "+ create-network web  none  the network archipelago-web (its own) is missing
      + pull web  none  docker.io/library/nginx:1.28 is not on this machine
      + create web  none  web.g1 is missing
          container: (none) -> web.g1 (manifest)
          waits: docker.io/library/nginx:1.28 must be pulled first
      + start web  none  wanted running
          waits: docker.io/library/nginx:1.28 must be pulled first
      "
    `);
  });

  test("accepts the folder once the app does its work", () => {
    const options = { catalogue: { web: web() } };
    expect(planText(options, made(options))).toMatchInlineSnapshot(`
      "~ accept web  none  web 1.0.0 does its work
      "
    `);
  });

  test("names what an edited manifest changes, and replaces stop-first", () => {
    const edited: ResolvedOptions = {
      catalogue: { web: web({ container: { image: "docker.io/library/nginx:1.28", env: { A: "2" } } }) },
      accepted: { web: web() },
    };
    expect(planText(edited, made(PLAIN))).toMatchInlineSnapshot(`
      "+ create web  recreate  env.A is absent, shall be 2 (manifest)
          env.A: (none) -> 2 (manifest)
      - stop web  restart  web.g2 takes its place
      + start web  recreate  takes the place of the earlier generation
      "
    `);
  });

  test("removes the earlier generation only when the later one has been good for a while", () => {
    const edited: ResolvedOptions = {
      catalogue: { web: web({ container: { image: "docker.io/library/nginx:1.28", env: { A: "2" } } }) },
      accepted: { web: web() },
    };
    const old = made(PLAIN, { summary: { state: "exited" } });
    const starting = made(edited, { generation: 2, summary: { state: "created", startedAt: 0 } });
    expect(planText(edited, [...old, ...starting])).toMatchInlineSnapshot(`
      "+ start web  recreate  wanted running
      "
    `);
    const running = made(edited, { generation: 2 });
    expect(planText(edited, [...old, ...running], {}, { goodSince: 95_000 })).toMatchInlineSnapshot(`
      "nothing to do
      held:
          web  it does its work; it is kept when it has done so for 10 s
      "
    `);
    expect(planText(edited, [...old, ...running], {}, { goodSince: 90_000 })).toMatchInlineSnapshot(`
      "~ accept web  none  web 1.0.0 does its work
      - remove web  recreate  web.g2 has taken its place
      "
    `);
  });

  test("leaves a changed version waiting under manual updates", () => {
    const ahead: ResolvedOptions = {
      catalogue: { web: web({ version: "2.0.0", description: "x" }) },
      accepted: { web: web() },
    };
    expect(planText(ahead, made(PLAIN))).toBe("nothing to do\n");
    const entry = resolvedNode(ahead).desired.apps[0];
    expect(entry?.kind === "resolved" && entry.available).toBe("2.0.0");
    expect(planText({ ...ahead, node: { updates: "automatic" } }, made(PLAIN))).toBe(
      "~ accept web  none  web 2.0.0 does its work\n",
    );
  });

  test.each<[string, OwnOptions, Partial<World>]>([
    ["a killed payload", { summary: { state: "exited", exitCode: 137 } }, {}],
    ["a paused container", { summary: { state: "paused" } }, {}],
    ["a process that is gone while the engine says running", { alive: false }, {}],
    ["a network that it has left", { summary: { networks: [] } }, {}],
    ["a network that it does not declare", { summary: { networks: ["archipelago-web", "podman"] } }, {}],
    ["a rename", { name: "other" }, {}],
    ["an engine in the middle of removing it", { summary: { state: "removing" } }, {}],
    ["a network that is gone", { summary: { state: "exited" } }, { networks: [] }],
  ])("heals %s", (name, own, world) => {
    expect(planText(PLAIN, made(PLAIN, own), world)).toMatchSnapshot(name);
  });

  test("removes a copy with our labels and leaves the original alone", () => {
    const original = made(PLAIN);
    const copy = made(PLAIN, { name: "copy", annotated: false, detail: { user: "0" } });
    expect(planText(PLAIN, [...original, ...copy])).toMatchInlineSnapshot(`
      "- stop web  recreate  copy carries our labels, but is not as we made it: name is copy, shall be web.g1 (outside), and 1 more
          name: copy -> web.g1 (outside)
          annotation: (none) -> our last-applied spec (outside)
      - remove web  recreate  copy carries our labels, but is not as we made it: name is copy, shall be web.g1 (outside), and 1 more
          name: copy -> web.g1 (outside)
          annotation: (none) -> our last-applied spec (outside)
      "
    `);
  });

  test("restarts at once the first time, then holds until the pause is over", () => {
    const own = made(PLAIN, { summary: { state: "exited", exitCode: 1 } });
    const backoff = { attempts: 2, nextAt: 102_000, lastAt: 99_000 };
    expect(planText(PLAIN, own)).toContain("+ start web");
    expect(planText(PLAIN, own, {}, { backoff })).toMatchInlineSnapshot(`
      "nothing to do
      held:
          web  web.g1 exited with code 1; started again 2 times already
      "
    `);
    expect(planText(PLAIN, own, { now: 102_000 }, { backoff })).toContain("+ start web");
  });

  test("climbs the ladder of a container that can't be stopped, to a person", () => {
    const stopped: ResolvedOptions = { ...PLAIN, apps: { web: { state: "stopped" } } };
    const rungs = [0, 1, 2, 3, 4, 5].map((failures) =>
      planText(stopped, made(PLAIN), {}, { stuck: new Map([["web.g1", failures]]) }),
    );
    expect(rungs).toMatchInlineSnapshot(`
      [
        "- stop web  restart  the owner wants it stopped
      ",
        "- kill web  restart  the owner wants it stopped; the stop was in vain
      ",
        "- remove web  restart  the owner wants it stopped; it can't be stopped
      ",
        "- remove web  restart  the owner wants it stopped; it can't be stopped
      ",
        "- remove web  restart  the owner wants it stopped; it can't be stopped
      ",
        "nothing to do
      held:
          web  needs a person: the engine can neither stop nor remove web.g1; try "podman rm -f web.g1", then a reboot
      ",
      ]
    `);
  });

  test("keeps what the owner stopped stopped", () => {
    const stopped: ResolvedOptions = { ...PLAIN, apps: { web: { state: "stopped" } } };
    expect(planText(stopped, made(PLAIN))).toMatchInlineSnapshot(`
      "- stop web  restart  the owner wants it stopped
      "
    `);
    expect(planText(stopped, made(PLAIN, { summary: { state: "exited" } }))).toBe("nothing to do\n");
    expect(planText(stopped, [])).toBe("nothing to do\n");
  });

  test("restarts what was started before the owner's word, once", () => {
    const options: ResolvedOptions = { ...PLAIN, apps: { web: { restarted_at: "1970-01-01T00:00:50.000Z" } } };
    expect(planText(options, made(PLAIN))).toMatchInlineSnapshot(`
      "- stop web  restart  the owner wants it restarted
      + start web  restart  the owner wants it restarted
      "
    `);
    expect(planText(options, made(PLAIN, { summary: { startedAt: 60_000 } }))).toBe("nothing to do\n");
  });

  test("removes what is no longer wanted, then its network and its accepted copy", () => {
    const gone: ResolvedOptions = { catalogue: {}, accepted: { web: web() }, apps: {} };
    expect(planText(gone, made(PLAIN))).toMatchInlineSnapshot(`
      "- stop web  recreate  web is no longer wanted
      - remove web  recreate  web is no longer wanted
      - remove-network web  none  no wanted app uses the network archipelago-web
      "
    `);
    expect(planText(gone, [])).toMatchInlineSnapshot(`
      "- forget web  none  web is no longer wanted
      - remove-network web  none  no wanted app uses the network archipelago-web
      "
    `);
  });

  test("ends what is left of a container that was removed while it started, before it is made anew", () => {
    const stray = { name: "web.g1", containerId: "ab".repeat(32), pids: [510, 500], started: true };
    const foreign = { name: "webby.g1", containerId: "cd".repeat(32), pids: [600], started: true };
    expect(planText(PLAIN, [], { strays: [stray, foreign] })).toMatchInlineSnapshot(`
      "- end-process web  restart  a start or removal of web.g1 broke off: its process is there, and the engine does not know it
          process: pid 510, 500 -> (none) (outside)
      + create web  none  web.g1 is missing
          container: (none) -> web.g1 (outside)
      + start web  none  wanted running
      "
    `);
  });

  test("kills what a start that broke off left waiting, and does not give it a grace", () => {
    const created = made(PLAIN).map((found) => ({
      ...found,
      alive: false,
      startedAt: 0,
      summary: { ...found.summary, state: "created" as const },
    }));
    const strays = created.map(({ id, name }) => ({ name, containerId: id, pids: [510, 500], started: false }));
    expect(
      planNode(resolvedNode(PLAIN).desired, worldOf(created, { strays }), new Map()).plan.steps.map(
        ({ action }) => action,
      ),
    ).toMatchObject([{ op: "end-process", signal: "SIGKILL", grace: 0 }, { op: "start" }]);
    const gone: ResolvedOptions = { catalogue: {}, accepted: { web: web() }, apps: {} };
    expect(
      planNode(resolvedNode(gone).desired, worldOf(created, { strays }), new Map()).plan.steps.map(
        ({ action }) => action.op,
      ),
    ).toEqual(["end-process", "remove", "remove-network"]);
  });

  describe("of an app with a container that can't be told", () => {
    const unclear = (lost: boolean) => [
      { app: "web", container: "main", id: containerId("x"), name: "web.g1", reason: "container not known", lost },
    ];

    test("waits where it could run", () => {
      expect(planText(PLAIN, [], { unclear: unclear(false) })).toMatchInlineSnapshot(`
        "nothing to do
        held:
            web  web.g1 is there, but it can't be told what it is: container not known
        "
      `);
    });

    test("removes what is left of it where it is lost, wanted or not, and gives up after five tries", () => {
      expect(planText(PLAIN, [], { unclear: unclear(true) })).toMatchInlineSnapshot(`
        "- remove web  recreate  only the name of web.g1 is left: container not known
        "
      `);
      const gone: ResolvedOptions = { catalogue: {}, apps: {} };
      expect(planText(gone, [], { unclear: unclear(true) })).toMatchInlineSnapshot(`
        "- remove web  recreate  only the name of web.g1 is left: container not known
        - remove-network web  none  no wanted app uses the network archipelago-web
        "
      `);
      const stuck = new Map([["web.g1", 5]]);
      expect(planText(PLAIN, [], { unclear: unclear(true) }, { stuck })).toMatchInlineSnapshot(`
        "nothing to do
        held:
            web  needs a person: the engine can't remove web.g1; try "podman rm -f web.g1", then a reboot
        "
      `);
    });
  });

  test("touches no foreign container, whatever it is called", () => {
    const foreign = made(PLAIN).map(({ summary }) => ({ ...summary, name: "web.g7", labels: {} }));
    expect(
      planText(PLAIN, made(PLAIN), { containers: [...made(PLAIN).map(({ summary }) => summary), ...foreign] }),
    ).toBe("nothing to do\n");
  });
});

describe("a clash of ports is found before the bind", () => {
  const ports = [{ container: 80, host: 8080 }];
  const options: ResolvedOptions = {
    catalogue: { web: web({ container: { image: "docker.io/library/nginx:1.28", ports } }) },
  };

  test("with another program", () => {
    expect(planText(options, [], { listening: new Set(["tcp/8080"]) })).toMatchInlineSnapshot(`
      "nothing to do
      held:
          web  host port 8080 is held by another program (after a failed start that can be Podman's own service)
      "
    `);
  });

  test("with another app, which came first", () => {
    const both: ResolvedOptions = {
      catalogue: {
        ...options.catalogue,
        also: manifestText({ id: "also", container: { image: "docker.io/library/nginx:1.28", ports } }),
      },
    };
    expect(planText(both, [])).toContain("web  host port 8080 is wanted by also too");
  });

  test("not with our own container that is being replaced", () => {
    expect(
      planText(options, made(options, { summary: { state: "exited" } }), { listening: new Set(["tcp/8080"]) }),
    ).toContain("+ start web");
  });
});

describe("what is required comes first", () => {
  const base = manifestText({
    id: "base",
    provides: { rpc: { host: "{{ container.main }}" } },
    container: { image: "docker.io/library/nginx:1.28", health: { readiness: { tcp: { port: 80 } } } },
  });
  const user = (onLost: "keep" | "stop" | "restart") =>
    web({
      requires: { base: { interface: "rpc", on_lost: onLost } },
      container: { image: "docker.io/library/nginx:1.28" },
    });
  const options = (onLost: "keep" | "stop" | "restart" = "keep"): ResolvedOptions => ({
    catalogue: { base, web: user(onLost) },
    accepted: { base, web: user(onLost) },
  });

  test("a consumer is created, and waits with the reason", () => {
    const own = made(options(), {}, "base");
    expect(planText(options(), own, { networks: [network("archipelago-web"), network("archipelago-base")] }))
      .toMatchInlineSnapshot(`
      "+ create web  none  web.g1 is missing
          container: (none) -> web.g1 (outside)
      + start web  none  wanted running
          waits: base must be ready first: it is starting (not probed yet)
      "
    `);
  });

  test.each(["keep", "stop", "restart"] as const)("a provider that is lost is met with %s", (onLost) => {
    const own = [...made(options(onLost), { summary: { state: "exited" } }, "base"), ...made(options(onLost))];
    const networks = [network("archipelago-web"), network("archipelago-base")];
    expect(planText(options(onLost), own, { networks })).toMatchSnapshot(onLost);
  });

  test("a provider that nobody wants is said", () => {
    const alone: ResolvedOptions = { catalogue: { web: user("keep") } };
    expect(planText(alone, [])).toMatchInlineSnapshot(`
      "nothing to do
      held:
          web  requires.base: web requires an app that provides rpc, which is not wanted on this node
      "
    `);
  });
});

describe("containers of one app", () => {
  const several: ResolvedOptions = {
    catalogue: {
      web: web({
        containers: {
          migrate: { image: "docker.io/library/nginx:1.28", one_shot: true },
          main: { image: "docker.io/library/nginx:1.28", start_after: ["migrate"] },
          ui: { image: "docker.io/library/nginx:1.28", start_after: ["main"] },
        },
      }),
    },
  };

  test("start in order, each behind its conditions", () => {
    expect(planText(several, [])).toMatchInlineSnapshot(`
      "+ create web/migrate  none  web--migrate.g1 is missing
          container: (none) -> web--migrate.g1 (manifest)
      + create web  none  web.g1 is missing
          container: (none) -> web.g1 (manifest)
      + create web/ui  none  web--ui.g1 is missing
          container: (none) -> web--ui.g1 (manifest)
      + start web/migrate  none  wanted running
      + start web  none  wanted running
          waits: migrate must run to its end first (it is missing)
      + start web/ui  none  wanted running
          waits: main must be started first (it is missing)
      "
    `);
  });

  test("go on when the one-shot has exited with 0, and not when it failed", () => {
    const [migrate, main, ui] = desiredOf(several);
    if (!migrate || !main || !ui) throw new Error("three containers");
    const created = { summary: { state: "created", startedAt: 0 } } as const;
    const rest = [ownContainer(main, created), ownContainer(ui, created)];
    const done = ownContainer(migrate, { summary: { state: "exited", exitCode: 0 } });
    expect(planText(several, [done, ...rest])).toMatchInlineSnapshot(`
      "+ start web  none  wanted running
      + start web/ui  none  wanted running
          waits: main must be started first (it is created)
      "
    `);
    const broken = ownContainer(migrate, { summary: { state: "exited", exitCode: 3 } });
    expect(planText(several, [broken, ...rest])).toMatchInlineSnapshot(`
      "+ start web/migrate  restart  web--migrate.g1 exited with code 3
          state: exited (code 3) -> running (outside)
      + start web  none  wanted running
          waits: migrate must run to its end first (it is exited)
      + start web/ui  none  wanted running
          waits: main must be started first (it is created)
      "
    `);
  });
});

describe("rendered files", () => {
  const template = (onChange: "restart" | { readonly signal: string }) => ({
    "manifest.yml": web({
      container: {
        image: "docker.io/library/nginx:1.28",
        files: [{ template: "a.conf", target: "/etc/a.conf", on_change: onChange }],
      },
    }),
    "a.conf": "ip {{ host_ip }}\n",
  });
  const still: ResolvedOptions = { catalogue: { web: template("restart") }, accepted: { web: template("restart") } };
  const live: ResolvedOptions = {
    catalogue: { web: template({ signal: "HUP" }) },
    accepted: { web: template({ signal: "HUP" }) },
  };

  test.each([
    ["edited", { sha256: "0".repeat(64), mode: "0444" }],
    ["deleted", { sha256: null, mode: null }],
  ])("an %s file is rendered anew between stop and start", (_how, disk) => {
    expect(planText(still, made(still, { files: new Map([["/etc/a.conf", disk]]) }))).toMatchSnapshot();
  });

  test("a changed fact recreates where the file needs a restart, and signals where it does not", () => {
    const facts = { host_ip: "192.0.2.7" };
    expect(planText({ ...still, facts }, made(still))).toMatchInlineSnapshot(`
      "+ create web  recreate  files./etc/a.conf is 0444 sha256:197f59b3f31e, shall be 0444 sha256:1588952c924b (fact:host_ip)
          files./etc/a.conf: 0444 sha256:197f59b3f31e -> 0444 sha256:1588952c924b (fact:host_ip, 192.0.2.1 -> 192.0.2.7)
      - stop web  restart  web.g2 takes its place
      + start web  recreate  takes the place of the earlier generation
      "
    `);
    const record = JSON.stringify({
      files: {
        "/etc/a.conf": { digest: desiredOf(live)[0]?.spec.files[0]?.digest, inputs: { "fact:host_ip": "192.0.2.1" } },
      },
      pending: [],
    });
    expect(planText({ ...live, facts }, made(live, { record }))).toMatchInlineSnapshot(`
      "~ reload web  live  files./etc/a.conf is 0444 sha256:197f59b3f31e, shall be 0444 sha256:1588952c924b (fact:host_ip)
          files./etc/a.conf: 0444 sha256:197f59b3f31e -> 0444 sha256:1588952c924b (fact:host_ip, 192.0.2.1 -> 192.0.2.7)
      "
    `);
  });

  test("a signal that was due when the daemon died is sent again", () => {
    const record = JSON.stringify({ files: {}, pending: ["/etc/a.conf"] });
    expect(planText(live, made(live, { record }))).toContain("~ reload web");
  });
});

test("a plan's id does not move with how far something is", () => {
  const loading = (progress: number): AppMemory => ({
    ...EMPTY_MEMORY,
    runs: new Map([
      [
        "id-base.g1",
        {
          run: "100@1000",
          probes: { readiness: { outcome: "loading", failures: 0, detail: `block ${progress}`, at: 1, progress } },
        },
      ],
    ]),
  });
  const options: ResolvedOptions = {
    catalogue: {
      base: manifestText({
        id: "base",
        provides: { rpc: { host: "x" } },
        container: { image: "docker.io/library/nginx:1.28", health: { readiness: { tcp: { port: 80 } } } },
      }),
      web: web({ requires: { base: { interface: "rpc" } } }),
    },
  };
  const own = made(options, {}, "base");
  const plan = (progress: number) =>
    planNode(resolvedNode(options).desired, worldOf(own), new Map([[appId("base"), loading(progress)]])).plan;
  expect(formatPlan(viewPlan(plan(0.1)))).toContain("waits: base must be ready first: it is loading 10.0 %");
  expect(plan(0.1).id).toBe(plan(0.2).id);
});

test("a restart that is due in the future, for the clock went back, waits for it", () => {
  const options = { ...PLAIN, apps: { web: { restarted_at: "2099-01-01T00:00:00Z" } } };
  expect(planText(options, made(PLAIN))).toBe("nothing to do\n");
});

test("a pause that was begun in the future, for the clock went back, is over", () => {
  const backoff = { attempts: 9, lastAt: 900_000, nextAt: 1_200_000 };
  const exited = made(PLAIN, { summary: { state: "exited", exitCode: 1 } });
  expect(planText(PLAIN, exited, {}, { backoff, lastError: "no" })).toContain("+ start web");
});

test("the same values give the same bytes", () => {
  const own = made(PLAIN, { summary: { state: "exited" } });
  expect(planText(PLAIN, own)).toBe(planText(PLAIN, own));
});
