import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chooseAdoption } from "../../src/core/adopt/choose-adoption.ts";
import type { Judgement } from "../../src/core/adopt/judge-adoption.ts";
import { diffForeign } from "../../src/core/diff/diff-spec.ts";
import { createRequest } from "../../src/testkit/builders.ts";
import { sealed } from "../../src/testkit/foreign-container.ts";
import { CANARY, ForeignWeb, IMAGE, type Line, NETWORK, OTHER_IMAGE, SAME_IMAGE } from "./foreign-web.ts";
import { podman } from "./running-daemon.ts";

let script: ForeignWeb;

beforeAll(async () => {
  script = await ForeignWeb.make();
});

afterEach(async () => {
  const names = (await podman("ps", "-a", "--format", "{{.Names}}")).split("\n").filter(Boolean);
  if (names.length > 0) await podman("rm", "-f", "-v", "-t", "0", ...names);
});

afterAll(async () => {
  await script[Symbol.asyncDispose]();
});

/** The words of these lines, as a shell without quotes would read them. */
const words = (...lines: readonly string[]): readonly string[] => lines.flatMap((text) => text.split(" "));

async function judged(name: string, desired = script.desired()): Promise<Judgement> {
  const judgement = await script.judge(name, desired);
  expect(JSON.stringify(judgement)).not.toContain(CANARY);
  return judgement;
}

const texts = ({ diff }: Judgement): readonly string[] =>
  diff.map(({ path, desired, observed }) => `${path}: ${desired} <- ${observed}`);

describe("what a script made is taken over as it is", () => {
  test.each<readonly [string, () => Partial<Line> | Promise<Partial<Line>>]>([
    ["when all is the same", () => ({})],
    ["with its environment in another order", () => ({ env: script.line.env.toReversed() })],
    ["by another tag of the same image", () => ({ image: SAME_IMAGE })],
    ["by a short name of the image", () => ({ image: "adopt/program:stable" })],
    ["by the image's id", async () => ({ image: (await script.engine.image(IMAGE))?.id ?? "" })],
    ["with a slash behind its folder", () => ({ volumes: [`${script.folder}/data//web/db/:/db/`] })],
    ["with its ports as a range", () => ({ ports: ["9735-9736:9735-9736"] })],
    ["with its ports on every address by name", () => ({ ports: ["0.0.0.0:9735:9735", "0.0.0.0:9736:9736/tcp"] })],
    [
      "with a script's usual name and an alias",
      () => ({ name: "archy-web", network: [...script.line.network, "--network-alias", "web"] }),
    ],
    ["with the restart policy said", () => ({ more: [...script.line.more, "--restart", "no"] })],
    [
      "with what the image says, said again",
      () => ({
        command: ["sleep", "100000"],
        more: [...script.line.more, "--user", "101:101", "-w", "/tmp", "-e", "FROM_IMAGE=1"],
      }),
    ],
    [
      "with its whole command as the entrypoint",
      () => ({ more: [...script.line.more, "--entrypoint", '["/bin/busybox","sleep","100000"]'] }),
    ],
    ["with the image's own check", () => ({ more: [...script.line.more, "--health-interval", "1m"] })],
    ["without the image's check", () => ({ more: [...script.line.more, "--no-healthcheck"] })],
    [
      "with another log, grace and label",
      () => ({ more: [...script.line.more, "--log-opt", "max-size=1m", "--stop-timeout", "90", "--label", "a=b"] }),
    ],
    [
      "with the engine's own limits said",
      () => ({ more: [...script.line.more, "--pids-limit", "2048", "--shm-size", "64m", "--umask", "0022"] }),
    ],
  ])("%s", async (_case, changes) => {
    const judgement = await judged(await script.run(await changes()));
    expect(texts(judgement)).toEqual([]);
    expect(judgement.verdict).toBe("equal");
  });
});

describe("what a script made otherwise is told", () => {
  test.each<readonly [string, () => Partial<Line>, readonly string[]]>([
    [
      "an environment of its own",
      () => ({ env: [...script.line.env, `EXTRA=${CANARY}`] }),
      ["env.EXTRA: null <- (set)"],
    ],
    ["another value", () => ({ env: ["A=2", ...script.line.env.slice(1)] }), ["env.A: 1 <- 2"]],
    [
      "another secret",
      () => ({ env: [...script.line.env.slice(0, 2), `RPC_PASSWORD=${CANARY}-old`] }),
      [`env.RPC_PASSWORD: secret rpc (${sealed("rpc", CANARY).slice(0, 8)}) <- another value`],
    ],
    [
      "a variable of the image less",
      () => ({ more: [...script.line.more, "--unsetenv", "FROM_IMAGE"] }),
      ["env.FROM_IMAGE: null <- (unset)"],
    ],
    [
      "a restart policy",
      () => ({ more: [...script.line.more, "--restart", "unless-stopped"] }),
      ["restart_policy: no <- unless-stopped: the engine would restart it beside us"],
    ],
    ["no network", () => ({ network: [] }), [`networks.${NETWORK}: web <- null`, "networks.podman: null <- joined"]],
    [
      "the host's network",
      () => ({ network: ["--network", "host"], ports: [] }),
      [
        "network: bridge <- host",
        `networks.${NETWORK}: web <- null`,
        "ports.9735/tcp: 0.0.0.0:9735 <- null",
        "ports.9736/tcp: 0.0.0.0:9736 <- null",
      ],
    ],
    ["another name on the network", () => ({ name: "web-main" }), [`networks.${NETWORK}: web <- web-main`]],
    ["a port less", () => ({ ports: ["9735:9735"] }), ["ports.9736/tcp: 0.0.0.0:9736 <- null"]],
    [
      "a port on loopback",
      () => ({ ports: ["127.0.0.1:9735:9735", "9736:9736"] }),
      ["ports.9735/tcp: 0.0.0.0:9735 <- 127.0.0.1:9735"],
    ],
    ["rights it may gain", () => ({ security: [] }), ["no_new_privileges: true <- null"]],
    [
      "a password in its command",
      () => ({ command: ["sleep", "100000", `-rpcpassword=${CANARY}`, `-p${CANARY}`] }),
      ['args: null <- ["sleep","100000","-rpcpassword=(set)","(another)"]'],
    ],
    [
      "rights and a namespace",
      () => ({ more: [...script.line.more, "--cap-add", "NET_ADMIN", "--cap-drop", "CHOWN", "--pid", "host"] }),
      ["cap_add.NET_ADMIN: null <- yes", "cap_drop.CHOWN: null <- yes", "engine.pid: null <- host"],
    ],
    [
      "all kinds of things",
      () => ({
        more: words(
          "--memory 32m --cpus 1 --hostname box --user 0 --stop-signal TERM",
          "--tmpfs /scratch:size=1m --add-host x:192.0.2.1 --device /dev/null --shm-size 1m",
          "--sysctl net.core.somaxconn=512 --read-only -w / --dns 192.0.2.53 --rm",
        ),
      }),
      [
        "user: null <- 0",
        "hostname: null <- box",
        "tmpfs./scratch: null <- size=1048576",
        "extra_hosts.x: null <- 192.0.2.1",
        "devices./dev/null: null <- yes",
        "read_only: null <- true",
        "shm_size: null <- 1048576",
        "sysctls.net.core.somaxconn: null <- 512",
        "resources.cpus: null <- 1",
        "resources.memory: 67108864 <- 33554432",
        "stop.signal: SIGKILL <- SIGTERM",
        "working_dir: null <- /",
        "engine.auto_remove: null <- yes",
        "engine.dns: null <- 192.0.2.53",
      ],
    ],
  ])("%s", async (_case, changes, expected) => {
    const judgement = await judged(await script.run(changes()));
    expect(texts(judgement)).toEqual(expected);
    expect(judgement.verdict).toBe("different");
  });

  test("an image that its tag named before", async () => {
    await podman("tag", IMAGE, "localhost/adopt/moved:1");
    const name = await script.run({ image: "localhost/adopt/moved:1" });
    await podman("tag", OTHER_IMAGE, "localhost/adopt/moved:1");
    const judgement = await judged(name, script.desired({ image: "localhost/adopt/moved:1" }));
    expect(texts(judgement)).toEqual([
      expect.stringMatching(/^image: localhost\/adopt\/moved:1 <- \S+ as it was before \([0-9a-f]{12}\)$/),
    ]);
  });

  test("a file in the place of one that we render", async () => {
    await writeFile(join(script.folder, "elsewhere/n.conf"), CANARY);
    const name = await script.run({
      volumes: [...script.line.volumes, `${script.folder}/elsewhere/n.conf:/etc/n.conf:ro`],
    });
    const file = {
      target: "/etc/n.conf",
      mode: "0444",
      digest: "sha256:1",
      secret: false,
      onChange: "restart",
    } as const;
    const judgement = await judged(name, script.desired({ files: [file] }));
    expect(judgement).toMatchObject({
      verdict: "different",
      diff: [{ path: "files./etc/n.conf", impact: "recreate" }],
    });
  });
});

test("another program of the same name is another program", async () => {
  expect(await judged(await script.run({ image: OTHER_IMAGE, name: "web.g7" }))).toMatchObject({
    verdict: "other-program",
    diff: [{ path: "image", observed: OTHER_IMAGE }],
  });
  const app = { id: script.id, containers: [script.desired()] };
  const chosen = chooseAdoption(app, await script.engine.list(), [], await script.surroundings(IMAGE));
  expect(chosen).toMatchObject({ ok: false, problems: [{ code: "ARC_ADOPT" }] });
});

/** As mv(1) does, to another disk too. */
async function move(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true });
  await cp(from, to, { recursive: true });
  await rm(from, { recursive: true });
}

describe("data that lies elsewhere", () => {
  test("is at risk, and is where it should be once it was moved as the sentence says", async () => {
    const [there, here] = [join(script.folder, "elsewhere/db"), join(script.folder, "data/web/db")];
    await mkdir(there);
    await writeFile(join(there, "wallet"), "coins");
    const name = await script.run({ volumes: [`${there}:/db`] });
    const before = await judged(name);
    expect(before.verdict).toBe("data-risk");
    expect(before.sentence).toContain(`lies in ${there}: stop it, move that folder to ${here} and leave a link`);
    await podman("stop", "-t", "0", name);
    await move(there, here);
    expect(await judged(name)).toMatchObject({ verdict: "different", diff: [{ path: "volumes./db" }] });
    await symlink(here, there);
    expect((await judged(name)).verdict).toBe("equal");
    await podman("start", name);
    expect(await podman("exec", name, "cat", "/db/wallet")).toBe("coins");
    await rm(there);
  });

  test("in a volume can be moved the same way", async () => {
    const name = await script.run({ volumes: ["wallets:/db"] });
    const before = await judged(name);
    expect(before.verdict).toBe("data-risk");
    const [there] = (await script.engine.inspect(name)).mounts
      .map(({ source, target }) => (target === "/db" ? source : ""))
      .filter(Boolean);
    if (there === undefined) throw new Error("no volume at /db");
    expect(before.sentence).toContain(`lies in the volume wallets (${there})`);
    await podman("stop", "-t", "0", name);
    const here = join(script.folder, "data/web/db");
    await writeFile(join(there, "wallet"), "more coins");
    await move(there, here);
    await symlink(here, there);
    expect((await judged(name)).verdict).toBe("equal");
    await podman("start", name);
    expect(await podman("exec", name, "cat", "/db/wallet")).toBe("more coins");
    await podman("stop", "-t", "0", name);
    // The engine must take away its link alone.
    await podman("rm", name);
    await podman("volume", "rm", "wallets");
    expect(await readFile(join(here, "wallet"), "utf8")).toBe("more coins");
  });

  test("in the container itself, or where the manifest has no place for it, is at risk", async () => {
    expect(await judged(await script.run({ volumes: [] }))).toMatchObject({
      verdict: "data-risk",
      diff: [{ path: "volumes./db", observed: null }],
    });
    await podman("rm", "-f", "-t", "0", "web");
    const more = await script.run({ volumes: [...script.line.volumes, `${script.folder}/elsewhere:/more`] });
    expect(await judged(more)).toMatchObject({ verdict: "data-risk", diff: [{ path: "volumes./more" }] });
  });
});

test("what we make from a whole spec is read back as that spec", async () => {
  const { spec } = script.desired({
    entrypoint: ["/bin/busybox"],
    args: ["sleep", "1000"],
    user: "0:0",
    hostname: "box",
    init: true,
    tmpfs: [{ target: "/scratch", options: ["size=1m", "mode=1777"] }],
    extraHosts: [{ host: "gate", ip: "host-gateway" }],
    devices: ["/dev/null"],
    capAdd: ["CHOWN", "NET_ADMIN"],
    capDrop: ["ALL"],
    readOnly: true,
    shmSize: 1024 * 1024,
    ulimits: { nofile: { soft: 512, hard: 1024 } },
    labels: { "org.example.team": "lightning" },
    resources: { memory: 64 * 1024 * 1024, cpus: 0.5, pids: 99 },
    healthCommand: { command: ["true", "x"], timeout: 5_000 },
  });
  const secretEnv = { RPC_PASSWORD: CANARY };
  await mkdir(join(script.folder, "data/web/db"), { recursive: true });
  await script.engine.create(createRequest("box", spec, { secretEnv, labels: spec.labels }));
  await script.engine.start("box");
  expect(diffForeign(spec, await script.view("box", spec))).toEqual([]);
});

test("what a script makes of the same whole spec is equal to it", async () => {
  const whole = script.desired({
    user: "0",
    init: true,
    tmpfs: [{ target: "/scratch", options: ["size=1m"] }],
    devices: ["/dev/null"],
    capAdd: ["CHOWN"],
    capDrop: ["ALL"],
    readOnly: true,
    ulimits: { nofile: { soft: 512, hard: 1024 } },
    sysctls: { "net.core.somaxconn": "512" },
    resources: { memory: 64 * 1024 * 1024, cpus: 0.5, pids: 99 },
    healthCommand: { command: ["true", "x"], timeout: 5_000 },
  });
  const name = await script.run({
    more: words(
      "--memory 65536k --cpus 0.5 --pids-limit 99 --user 0:0 --init --read-only",
      "--tmpfs /scratch:size=1024k --device /dev/null --cap-drop all --cap-add cap_chown",
      "--ulimit nofile=512:1024 --ulimit nproc=512:512 --sysctl net.core.somaxconn=512",
      '--health-cmd ["true","x"] --health-timeout 5s',
    ),
  });
  expect(texts(await judged(name, whole))).toEqual([]);
});
