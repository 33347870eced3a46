import { expect, test } from "vitest";
import { ArcError } from "../../src/core/errors/arc-error.ts";
import { RICH, appText, consumerText } from "./apps.ts";
import { SimulatedNode } from "./simulated-node.ts";

const CANARIES = ["canary-env-5f1c", "canary-file-77aa", "canary-shared-90d2"] as const;
const [ENV, FILE, SHARED] = CANARIES;

const CATALOGUE = {
  rich: RICH,
  conf: {
    "manifest.yml": appText(
      "conf",
      {
        files: [
          { template: "app.conf", target: "/etc/app.conf" },
          { template: "live.conf", target: "/etc/live.conf", on_change: { signal: "HUP" } },
        ],
      },
      { secrets: { "conf-pass": { generate: "random", bytes: 16 } } },
    ),
    "app.conf": "password {{ secrets.conf-pass }}\n",
    "live.conf": "password {{ secrets.conf-pass }}\n",
  },
  base: appText(
    "base",
    {},
    {
      provides: { rpc: { host: "{{ container.main }}", password: { secret: "base-pass" } } },
      secrets: { "base-pass": { generate: "random", bytes: 16 } },
    },
  ),
  user: consumerText("user", {}, { secret_env: [{ key: "PASS", from: "requires.base.password" }] }),
};

test("a secret's value is in no history, log line, status, explanation, plan, label or event", async () => {
  const node = new SimulatedNode({
    catalogue: CATALOGUE,
    secrets: { "rich-pass": ENV, "conf-pass": FILE, "base-pass": SHARED },
  });
  const told: string[] = [];
  const tell = (what: unknown): void => void told.push(JSON.stringify(what));
  node.start();
  const over = new AbortController();
  const followed = (async () => {
    for await (const event of node.daemon.service.events(over.signal)) tell(event);
  })();
  await node.settle();
  expect(await node.states()).toEqual({ base: "ready", conf: "ready", rich: "ready", user: "ready" });
  expect((await node.engine.client.inspect("user.g1")).env["PASS"]).toBe(SHARED);
  expect(node.rendered.file("conf", "conf.g1", "/etc/app.conf")).toMatchObject({
    content: `password ${FILE}\n`,
    mode: "0400",
  });

  const tellAll = async (): Promise<void> => {
    tell(await node.status());
    tell(await node.clock.run(node.daemon.service.plan()));
    for (const app of Object.keys(CATALOGUE)) tell(await node.clock.run(node.daemon.service.explain(app)));
  };
  await tellAll();
  node.rendered.edit("conf", "conf.g1", "/etc/app.conf", `password ${FILE} edited\n`);
  node.rendered.edit("conf", "conf.g1", "/etc/live.conf", `password ${FILE} edited\n`);
  node.engine.copyOf("rich.g1", "rich-copy");
  await tellAll();
  await node.pass(70_000);
  await tellAll();
  for (const [index, name] of ["rich-pass", "conf-pass", "base-pass"].entries()) {
    node.secrets.set(name, `${CANARIES[index]}-rotated`);
    for (const op of ["create", "stop"] as const) {
      node.engine.faults.fail(op, 1, "before", new ArcError("ARC_ENGINE_REFUSED", "no"));
    }
    await tellAll();
    await node.pass(70_000);
    await tellAll();
  }
  // Creates that failed have quarantined what they were for.
  node.want(Object.fromEntries(Object.keys(CATALOGUE).map((app) => [app, { retried_at: now(node) }])));
  await node.pass(70_000);
  await tellAll();
  expect((await node.engine.client.inspect("user.g2")).env["PASS"]).toBe(`${SHARED}-rotated`);
  tell(node.history.entries);
  tell(node.log.lines);
  for (const { labels, name } of node.engine.containers())
    tell([labels, (await node.engine.client.inspect(name)).annotations]);
  over.abort();
  await followed;
  expect(told.length).toBeGreaterThan(50);
  const everything = told.join("\n");
  for (const canary of CANARIES) expect(everything).not.toContain(canary);
  expect(everything).toContain("secret rich-pass (");
});

const now = ({ clock }: SimulatedNode): string => new Date(clock.now()).toISOString();

test("an app that writes its secret into its own log is told without it", async () => {
  const node = new SimulatedNode({ catalogue: { rich: RICH }, secrets: { "rich-pass": ENV } });
  node.start();
  await node.settle();
  node.engine.say("rich.g1", `started with --pass=${ENV} --port=80`);
  const lines: string[] = [];
  const options = { follow: false, tail: 10 };
  const read = async (): Promise<void> => {
    for await (const { text } of node.daemon.service.logs("rich", null, options, new AbortController().signal))
      lines.push(text);
  };
  await node.clock.run(read());
  expect(lines.join("\n")).toContain("started with --pass=(secret) --port=80");
});

test("a rotated secret restarts those who read it, provider and consumer, and nobody else", async () => {
  const node = new SimulatedNode({ catalogue: CATALOGUE });
  node.start();
  await node.settle();
  const before = node.identities();
  node.secrets.set("base-pass", "another");
  node.daemon.reconciler.poke("now");
  await node.settle();
  const after = node.identities();
  expect(Object.keys(after).toSorted()).toEqual(["base.g1", "conf.g1", "rich.g1", "user.g2"]);
  for (const name of ["base.g1", "conf.g1", "rich.g1"]) expect(after[name]).toBe(before[name]);
});

test("a secret that is missing and that nothing makes holds the app with its name, and what runs goes on", async () => {
  const web = appText("web", { secret_env: [{ key: "TOKEN", secret_file: "web-token" }] });
  const node = new SimulatedNode({ catalogue: { web, other: appText("other") } });
  node.start();
  await node.settle();
  expect(await node.states()).toEqual({ other: "ready", web: "held" });
  expect((await node.statusOf("web")).reason).toMatch(/web needs the secret "web-token" for TOKEN/);
  node.secrets.set("web-token", "x");
  await node.pass(70_000);
  expect(await node.states()).toEqual({ other: "ready", web: "ready" });
  node.secrets.delete("web-token");
  await node.pass(70_000);
  expect(node.engineStates()).toEqual({ "other.g1": "running", "web.g1": "running" });
  node.engine.killPayload("web.g1");
  await node.pass(70_000);
  expect(node.engineStates()["web.g1"]).toBe("running");
});
