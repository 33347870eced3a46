import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUSYBOX } from "./images.ts";
import { eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

/** As a secret could be that breaks things: also the kind that once broke a login. */
const CANARY = "canary$2b$10$'\"%s`{{x}}\\end";

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make(["holder", "reader"]);
  await node.app("holder", {
    "manifest.yml": `
id: holder
name: Holder
version: 1.0.0
provides: { vault: { host: "{{ container.main }}", password: { secret: holder-password } } }
secrets: { holder-password: { generate: random }, holder-hash: { derive: bcrypt, from: holder-password, cost: 4 } }
container:
  image: ${BUSYBOX}
  entrypoint: ["/bin/sh", "-c", 'cat /etc/holder.conf; exec sleep 100000']
  stop: { signal: SIGKILL }
  secret_env: [{ key: PASSWORD, secret_file: holder-password }, { key: HASH, secret_file: holder-hash }]
  files: [{ template: holder.conf.liquid, target: /etc/holder.conf }]
  health: { readiness: { command: ["/bin/sh", "-c", "echo $PASSWORD; exit 3"], interval: 200ms, failures: 1000 } }
`,
    "holder.conf.liquid": "password={{ secrets['holder-password'] }}\n",
  });
  await node.app("reader", {
    "manifest.yml": `
id: reader
name: Reader
version: 1.0.0
update: { stable_for: 1s }
requires: { vault: { interface: vault, until: started } }
container:
  image: ${BUSYBOX}
  entrypoint: ["/bin/sh", "-c", 'exec sleep 100000']
  stop: { signal: SIGKILL }
  secret_env: [{ key: PASSWORD, from: requires.vault.password }]
`,
  });
  await mkdir(node.file("secrets"), { recursive: true, mode: 0o700 });
  await writeFile(node.file("secrets", "holder-password"), `${CANARY}\n`, { mode: 0o600 });
  daemon = await RunningDaemon.start(node);
  await eventually(async () => {
    for (const id of ["holder", "reader"]) {
      const { containers, reason } = await daemon.app(id);
      if (containers[0]?.state !== "running") throw new Error(`${id}: ${reason}`);
    }
  });
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** Every byte below a folder, but for those places where secrets belong. */
async function everythingBelow(folder: string, except: readonly string[]): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const texts = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => !except.some((place) => file.startsWith(place)))
      .map((file) => readFile(file, "latin1")),
  );
  return texts.join("\n");
}

test("a secret arrives byte for byte, in the environment, in a shared one and in a file", async () => {
  expect(await podman("exec", "holder.g1", "/bin/sh", "-c", 'printf %s "$PASSWORD"')).toBe(CANARY);
  expect(await podman("exec", "reader.g1", "/bin/sh", "-c", 'printf %s "$PASSWORD"')).toBe(CANARY);
  expect(await podman("exec", "holder.g1", "cat", "/etc/holder.conf")).toBe(`password=${CANARY}`);
});

test("and is in nothing that leaves the daemon", async () => {
  // Drift of every kind, so that there is something to tell: a kill, a rename, a rotated secret that shows in diffs.
  await podman("kill", "reader.g1");
  await daemon.explained("reader", "state");
  await writeFile(node.file("secrets", "holder-password"), `${CANARY}-2\n`, { mode: 0o600 });
  await daemon.explained("reader", "env.PASSWORD");
  await eventually(async () => expect((await daemon.app("reader")).generation).toBe(2));

  const views: unknown[] = [
    await daemon.api.status(),
    await daemon.api.plan(),
    await daemon.api.plan({ kind: "uninstall", apps: ["reader"] }),
    await daemon.api.facts(),
    await daemon.api.history({ limit: 1_000 }),
    await daemon.api.explain("holder"),
    await daemon.api.explain("reader"),
  ];
  for (const verb of [
    ["status"],
    ["plan"],
    ["facts"],
    ["history"],
    ["explain", "holder"],
    ["explain", "reader"],
    ["doctor"],
  ]) {
    const { stdout, stderr } = await node.cli(...verb);
    views.push(stdout, stderr);
  }
  // The container writes it into its own log; what the daemon tells of that log is clean.
  await eventually(async () => {
    const { stdout } = await node.cli("logs", "holder");
    views.push(stdout);
    expect(stdout).toContain("password=(secret)");
  });
  const inspects: unknown = JSON.parse(await podman("inspect", "holder.g2", "reader.g2"));
  // Podman's own word, which only root hears: environment and a health command's output are the container's affair.
  const labels = JSON.stringify(inspects, (key: string, value: unknown) =>
    key === "Env" || key === "CreateCommand" || key === "Health" ? undefined : value,
  );
  const state = await everythingBelow(node.home, [node.file("secrets"), node.file("rendered")]);
  const all = [JSON.stringify(views), JSON.stringify(daemon.log), labels, state].join("\n");
  // As it is, as JSON writes it, and the part that no writing changes.
  for (const form of [CANARY, JSON.stringify(CANARY).slice(1, -1), "canary$2b"]) expect(all).not.toContain(form);
  expect(all).toContain("secret holder-password");
});
