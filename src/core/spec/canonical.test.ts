import { describe, expect, test } from "vitest";
import { containerSpec } from "../../testkit/builders.ts";
import { canonicalSpec, specHash } from "./canonical.ts";
import type { ContainerSpec } from "./container-spec.ts";

const FULL: Partial<ContainerSpec> = {
  image: "localhost/archipelago/web:0123456789ab",
  build: { digest: "ab".repeat(32), context: "/apps/web/ui", containerfile: "Containerfile", args: { THEME: "dark" } },
  entrypoint: ["nginx"],
  args: ["-g", "daemon off;"],
  env: { A: "1", EMPTY: "", DOLLAR: "$x\n\"'%" },
  secretEnv: { PASSWORD: { secret: "web-password", hmac: "cd".repeat(16) } },
  user: "101:101",
  dataUid: "101:101",
  hostname: "web",
  init: true,
  mounts: [{ source: "/home/data/web/data", target: "/data", readOnly: false, kind: "data" }],
  tmpfs: [{ target: "/tmp", options: ["size=64m"] }],
  files: [
    { target: "/etc/a", mode: "0444", digest: "sha256:aa", secret: false, onChange: "restart" },
    { target: "/etc/b", mode: "0400", digest: "hmac:bb", secret: true, onChange: { signal: "HUP" } },
  ],
  network: { mode: "bridge", networks: [{ name: "archipelago-web", aliases: ["web"] }] },
  ports: [{ container: 8080, host: 3000, protocol: "tcp", bind: "0.0.0.0" }],
  extraHosts: [{ host: "gateway", ip: "host-gateway" }],
  devices: ["/dev/dri"],
  capAdd: ["CHOWN"],
  capDrop: ["ALL"],
  privileged: false,
  readOnly: true,
  shmSize: 67_108_864,
  ulimits: { nofile: { soft: 8192, hard: 8192 } },
  sysctls: { "net.core.somaxconn": "1024" },
  labels: { team: "web" },
  resources: { memory: 1_073_741_824, cpus: 1.5, pids: 512 },
  stop: { signal: "SIGQUIT", grace: 30_000 },
  healthCommand: { command: ["true"], timeout: 5_000 },
};

describe("the spec hash", () => {
  // Frozen: a change here recreates every container of every node. Raise SPEC_HASH_VERSION instead.
  test.each([
    ["a plain spec", {}, "v1:3744fc918fadf323b2fd65ff102195fd3cca28c1cf076562be99f665a396ab98"],
    ["a spec with every field", FULL, "v1:53651037c1999b3dbe19cd1db39037358d885481869bd5d18036746e62add0c7"],
    [
      "host network",
      { network: { mode: "host" } as const },
      "v1:0dc0681ffe20717a977fc65119607fd7e96e9ee5d7d41b11276d4e293ccf7b02",
    ],
  ])("of %s is what it always was", (_name, overrides, golden) => {
    expect(specHash(containerSpec(overrides))).toBe(golden);
  });

  test("does not depend on the order of keys, capabilities, ports or mounts", () => {
    const ports = [
      { container: 80, host: 3000, protocol: "tcp", bind: "0.0.0.0" },
      { container: 81, host: 3001, protocol: "tcp", bind: "0.0.0.0" },
    ] as const;
    const one = containerSpec({ env: { A: "1", B: "2" }, capAdd: ["CHOWN", "KILL"], ports });
    const other = containerSpec({ env: { B: "2", A: "1" }, capAdd: ["KILL", "CHOWN"], ports: ports.toReversed() });
    expect(specHash(one)).toBe(specHash(other));
  });

  test("leaves out what is empty, so that a field added later changes no hash", () => {
    expect(canonicalSpec(containerSpec())).not.toContain("sysctls");
  });

  test("tells an empty environment variable from one that is not set", () => {
    expect(specHash(containerSpec({ env: { A: "" } }))).not.toBe(specHash(containerSpec()));
  });

  test("does not depend on where the build context lies", () => {
    const build = { digest: "d", context: "/a", containerfile: "Containerfile", args: {} };
    expect(specHash(containerSpec({ build }))).toBe(specHash(containerSpec({ build: { ...build, context: "/b" } })));
  });

  test("does not depend on the content of a file that a signal follows", () => {
    const file = { target: "/a", mode: "0444", digest: "sha256:1", secret: false } as const;
    const live = { ...file, onChange: { signal: "HUP" } };
    expect(specHash(containerSpec({ files: [live] }))).toBe(
      specHash(containerSpec({ files: [{ ...live, digest: "sha256:2" }] })),
    );
    const still = { ...file, onChange: "restart" } as const;
    expect(specHash(containerSpec({ files: [still] }))).not.toBe(
      specHash(containerSpec({ files: [{ ...still, digest: "sha256:2" }] })),
    );
  });

  test.each(Object.entries(FULL).filter(([key]) => key !== "privileged"))("changes with %s", (key, value) => {
    expect(specHash(containerSpec({ [key]: value }))).not.toBe(specHash(containerSpec()));
  });
});
