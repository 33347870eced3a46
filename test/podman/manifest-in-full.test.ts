import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUSYBOX } from "./images.ts";
import { eventually, get, Node, podman, RunningDaemon } from "./running-daemon.ts";

const run = promisify(execFile);

/** Listens on 8080 and answers with the file that it is given. */
const SERVE = `entrypoint: ["/bin/sh", "-c", 'mkdir -p /tmp/www; echo "$0" > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www']`;

const APPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  base: {
    "manifest.yml": `
id: base
name: Base
version: 1.0.0
provides: { greeting: { host: "{{ container.main }}", port: "8080" } }
container:
  image: ${BUSYBOX}
  ${SERVE}
  custom_args: ["hello from base"]
  stop: { signal: SIGKILL }
  health:
    startup: { tcp: { port: 8080 }, interval: 200ms, failures: 50 }
    readiness: { http: { port: 8080 }, interval: 1s }
`,
  },
  several: {
    "manifest.yml": `
id: several
name: Several
version: 1.0.0
requires: { greeting: { interface: greeting } }
settings: { word: { type: string, default: "it's $HOME %s \\"x\\"" } }
containers:
  prepare:
    image: ${BUSYBOX}
    one_shot: true
    entrypoint: ["/bin/sh", "-c", "id -u > /data/prepared; sleep 0.3; touch /data/done"]
    user: "1234:1234"
    data_uid: "1234:1234"
    volumes: [{ source: shared, target: /data }]
  main:
    image: ${BUSYBOX}
    start_after: [prepare]
    entrypoint: ["/bin/sh", "-c", "trap '' USR1; test -e /data/done && exec sleep 100000"]
    init: true
    user: "1234:1234"
    data_uid: "1234:1234"
    hostname: several
    derived_env:
      - { key: WORD, template: "{{ settings.word }}" }
      - { key: PEER, template: "{{ requires.greeting.host }}:{{ requires.greeting.port }}" }
    volumes: [{ source: shared, target: /data }]
    tmpfs: [{ target: /scratch, options: "size=1m,mode=1777" }]
    files: [{ template: live.conf.liquid, target: /etc/live.conf, on_change: { signal: USR1 } }]
    read_only: true
    cap_drop: [ALL]
    resources: { memory: 64m, cpus: 0.5, pids: 40 }
    stop: { signal: SIGTERM, grace: 1s }
  page:
    image: ${BUSYBOX}
    start_after: [main]
    ${SERVE}
    custom_args: ["page of {{ app.id }} {{ app.version }}"]
    ports: [{ container: 8080, host: 18480, bind: 127.0.0.1 }]
    stop: { signal: SIGKILL }
    health: { readiness: { http: { port: 8080 }, interval: 1s } }
web: { container: page, port: 8080 }
`,
    "live.conf.liquid": "word={{ settings.word }}\nip={{ host_ip }}\n",
  },
  stranger: {
    "manifest.yml": `
id: stranger
name: Stranger
version: 1.0.0
container:
  image: ${BUSYBOX}
  entrypoint: ["/bin/sh", "-c", "exec sleep 100000"]
  stop: { signal: SIGKILL }
`,
  },
};

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make(Object.keys(APPS));
  for (const [name, files] of Object.entries(APPS)) await node.app(name, files);
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...Object.keys(APPS));
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** Runs a line in a container; null where it fails. */
const inside = (name: string, line: string): Promise<string | null> =>
  podman("exec", name, "/bin/sh", "-c", line).catch(() => null);

test("a one-shot ran to its end first, as its user, on data that belongs to it", async () => {
  const { containers } = await daemon.app("several");
  expect(containers.map(({ container, state, exitCode }) => [container, state, exitCode])).toEqual([
    ["prepare", "exited", 0],
    ["main", "running", null],
    ["page", "running", null],
  ]);
  expect(await readFile(node.file("data/several/shared/prepared"), "utf8")).toBe("1234\n");
  expect((await stat(node.file("data/several/shared"))).uid).toBe(1234);
});

test("values arrive byte for byte", async () => {
  expect(await inside("several.g1", 'printf %s "$WORD"')).toBe(`it's $HOME %s "x"`);
  expect(await inside("several.g1", "hostname")).toBe("several");
  expect(await inside("several.g1", "cat /etc/live.conf")).toContain(`word=it's $HOME %s "x"`);
});

test("limits, a read-only root and a scratch folder are as asked", async () => {
  expect(await inside("several.g1", "touch /x")).toBeNull();
  expect(await inside("several.g1", "touch /scratch/x && df -k /scratch | tail -1 | tr -s ' ' | cut -d ' ' -f 2")).toBe(
    "1024",
  );
  expect(await inside("several.g1", "grep CapEff /proc/self/status")).toMatch(/0{16}$/);
});

test("the page answers, and the status says where", async () => {
  expect((await get(18480)).body).toBe("page of several 1.0.0\n");
  expect((await daemon.app("several")).url).toBe("http://127.0.0.1:18480/");
});

test("an app reaches what it requires, by name, and nothing else", async () => {
  const address = await podman(
    "inspect",
    "--format",
    '{{(index .NetworkSettings.Networks "archipelago-base").IPAddress}}',
    "base.g1",
  );
  // Static busybox can't resolve: nslookup asks, nc connects. The dot, because aardvark 1.4 answers a name with the
  // search domain on the name's own network only, and busybox does not go on to the bare name as other resolvers do.
  expect(await inside("several.g1", "nslookup base.")).toContain(address);
  expect(await inside("several.g1", `nc -w 2 ${address} 8080 </dev/null && echo reached`)).toContain("reached");
  expect(await inside("stranger.g1", "nslookup base.")).toBeNull();
  expect(await inside("stranger.g1", `nc -w 2 ${address} 8080 </dev/null && echo reached`)).toBeNull();
});

test("a bridge keeps its address when containers come and go, so that neighbours stay reachable", async () => {
  const bridge = await podman("network", "inspect", "--format", "{{.NetworkInterface}}", "archipelago-base");
  const address = async (): Promise<string> => {
    const { stdout } = await run("ip", ["-j", "link", "show", "dev", bridge]);
    return (JSON.parse(stdout) as readonly { readonly address: string }[])[0]?.address ?? "";
  };
  const before = await address();
  await podman("kill", "several.g1");
  await daemon.settled(...Object.keys(APPS));
  expect(await address()).toBe(before);
  expect(await inside("several.g1", "nslookup base.")).not.toBeNull();
});

test("a file that a signal follows changes under the running container", async () => {
  const { containers: before } = await daemon.app("several");
  const text = await readFile(node.file("node.yml"), "utf8");
  await writeFile(node.file("node.yml"), `${text}host: { host_ip: 192.0.2.9 }\n`);
  expect(await daemon.explained("several", "files./etc/live.conf")).toMatchObject({
    origin: "fact:host_ip",
    impact: "live",
  });
  await eventually(async () => expect(await inside("several.g1", "cat /etc/live.conf")).toContain("ip=192.0.2.9"));
  await daemon.settled(...Object.keys(APPS));
  const { containers: after } = await daemon.app("several");
  expect(after.map(({ id, startedAt }) => [id, startedAt])).toEqual(before.map(({ id, startedAt }) => [id, startedAt]));
});

test("a provider that is stopped keeps its consumer, with a notice, and is waited for by a new one", async () => {
  expect(await node.cli("stop", "base")).toMatchObject({ code: 0 });
  await eventually(async () =>
    expect((await daemon.app("several")).notices.join()).toContain("base, which it requires, is not ready"),
  );
  expect((await daemon.app("several")).state).toBe("ready");
  await podman("rm", "-f", "-t", "0", "several--page.g1");
  await eventually(async () =>
    expect(await daemon.app("several")).toMatchObject({
      state: expect.stringMatching(/waiting|starting/),
      reason: expect.stringContaining("base must be ready first"),
    }),
  );
  expect(await node.cli("start", "base")).toMatchObject({ code: 0 });
  await daemon.settled(...Object.keys(APPS));
});

test("what is required can't be uninstalled; all three can, and their data waits in the trash", async () => {
  const refused = await node.cli("uninstall", "base", "--yes");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("base is required by several");
  expect(await node.cli("uninstall", "base", "several", "stranger", "--yes")).toMatchObject({ code: 0 });
  // The verb waits for its job.
  expect(await podman("ps", "-aq", "--filter", "label=archipelago.owner")).toBe("");
  const trash = await daemon.api.trash();
  expect(trash.map(({ app }) => app)).toEqual(["several"]);
  expect(await readFile(node.file("trash", trash[0]?.id ?? "", "shared/prepared"), "utf8")).toBe("1234\n");
});
