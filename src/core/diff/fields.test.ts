import { expect, test } from "vitest";
import { containerSpec } from "../../testkit/builders.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { diffApplied } from "./diff-spec.ts";
import { FIELDS } from "./fields.ts";

/** One change of every field of a spec that can differ; the compiler asks for a new one when a field is added. */
const CHANGES: { readonly [K in keyof Required<Omit<ContainerSpec, "app" | "container">>]: ContainerSpec[K] } = {
  image: "docker.io/library/nginx:1.29",
  build: { digest: "d".repeat(64), context: "/a", containerfile: "Containerfile", args: {} },
  entrypoint: ["sh"],
  args: ["-c"],
  env: { A: "1" },
  secretEnv: { P: { secret: "s", hmac: "0".repeat(32) } },
  user: "1:1",
  dataUid: "1:1",
  hostname: "h",
  init: true,
  mounts: [{ source: "/s", target: "/t", readOnly: true, kind: "host" }],
  tmpfs: [{ target: "/tmp", options: [] }],
  files: [{ target: "/f", mode: "0444", digest: "sha256:1", secret: false, onChange: "restart" }],
  network: { mode: "none" },
  ports: [{ container: 1, host: 2, protocol: "udp", bind: "127.0.0.1" }],
  extraHosts: [{ host: "h", ip: "192.0.2.1" }],
  devices: ["/dev/null"],
  capAdd: ["CHOWN"],
  capDrop: ["ALL"],
  privileged: true,
  readOnly: true,
  noNewPrivileges: false,
  shmSize: 1,
  ulimits: { nofile: { soft: 1, hard: 2 } },
  sysctls: { a: "1" },
  labels: { a: "1" },
  resources: { memory: 1 },
  stop: { signal: "SIGKILL", grace: 1 },
  healthCommand: { command: ["true"], timeout: 1 },
};

test.each(Object.entries(CHANGES))("a change of %s has a name, an impact and an origin", (key, value) => {
  const plain = { spec: containerSpec(), inputs: {} };
  const diff = diffApplied({ spec: containerSpec({ [key]: value }), inputs: {} }, plain);
  expect(diff.length).toBeGreaterThan(0);
  for (const entry of diff) {
    expect(entry.origin).toBe("manifest");
    expect(FIELDS.some(({ name }) => entry.path === name || entry.path.startsWith(`${name}.`))).toBe(true);
  }
});

test("a secret shows by its name and digest, never by a value", () => {
  const before = {
    spec: containerSpec({ secretEnv: { P: { secret: "s", hmac: "1".repeat(32) } } }),
    inputs: { "env.P": { "secret:s": "1" } },
  } as const;
  const after = {
    spec: containerSpec({ secretEnv: { P: { secret: "s", hmac: "2".repeat(32) } } }),
    inputs: { "env.P": { "secret:s": "2" } },
  } as const;
  expect(diffApplied(after, before)).toEqual([
    {
      path: "env.P",
      desired: "secret s (22222222)",
      observed: "secret s (11111111)",
      origin: "secret:s",
      impact: "recreate",
    },
  ]);
});

test("the fact that moved is the origin, with both its values", () => {
  const before = {
    spec: containerSpec({ env: { U: "http://192.0.2.1" } }),
    inputs: { "env.U": { "fact:host_ip": "192.0.2.1" } },
  } as const;
  const after = {
    spec: containerSpec({ env: { U: "http://192.0.2.7" } }),
    inputs: { "env.U": { "fact:host_ip": "192.0.2.7" } },
  } as const;
  expect(diffApplied(after, before)).toEqual([
    {
      path: "env.U",
      desired: "http://192.0.2.7",
      observed: "http://192.0.2.1",
      origin: "fact:host_ip",
      cause: { from: "192.0.2.1", to: "192.0.2.7" },
      impact: "recreate",
    },
  ]);
});
