import { describe, expect, it } from "vitest";
import { appId } from "../../core/ids.ts";
import type { ContainerSpec } from "../../core/spec/container-spec.ts";
import type { CreateRequest } from "../../ports/engine.ts";
import { type CreateContext, createBody } from "./create-body.ts";

const plain: ContainerSpec = {
  app: appId("lnd"),
  container: "main",
  image: "localhost/lnd:1",
  args: [],
  env: {},
  secretEnv: {},
  init: false,
  mounts: [],
  tmpfs: [],
  files: [],
  network: { mode: "none" },
  ports: [],
  extraHosts: [],
  devices: [],
  capAdd: [],
  capDrop: [],
  privileged: false,
  readOnly: false,
  noNewPrivileges: true,
  ulimits: {},
  sysctls: {},
  labels: {},
  resources: {},
  stop: { signal: "SIGTERM", grace: 10_000 },
};

const context: CreateContext = { limits: { nofile: 20_000, nproc: 32_768 }, hostGateway: "10.89.0.1" };

function body(
  spec: Partial<ContainerSpec>,
  rest: Partial<CreateRequest> = {},
  more: Partial<CreateContext> = {},
): Readonly<Record<string, unknown>> {
  const request = { name: "lnd.g1", secretEnv: {}, files: [], labels: {}, annotations: {}, ...rest };
  return createBody({ ...request, spec: { ...plain, ...spec } }, { ...context, ...more });
}

describe("the body of a create", () => {
  it("says nothing of what the image shall decide", () => {
    expect(Object.keys(body({}))).not.toEqual(expect.arrayContaining(["entrypoint"]));
    for (const field of ["entrypoint", "command", "user", "hostname", "shm_size", "r_limits"]) {
      expect(body({})).not.toHaveProperty(field);
    }
  });

  it("leaves nothing to the engine that the daemon decides", () => {
    expect(body({})).toMatchObject({
      restart_policy: "no",
      httpproxy: false,
      systemd: "false",
      image_volume_mode: "ignore",
      healthconfig: { Test: ["NONE"] },
      no_new_privileges: true,
    });
  });

  it("joins secrets with the environment, and keeps them out of all else", () => {
    const made = body({ env: { A: "1" } }, { secretEnv: { PASSWORD: "canary" } });
    expect(made["env"]).toEqual({ A: "1", PASSWORD: "canary" });
    expect(JSON.stringify({ ...made, env: {} })).not.toContain("canary");
  });

  it.each<[string, Partial<ContainerSpec>, Readonly<Record<string, unknown>>]>([
    [
      "grace in whole seconds, rounded up",
      { stop: { signal: "HUP", grace: 1_500 } },
      { stop_signal: 1, stop_timeout: 2 },
    ],
    ["host network", { network: { mode: "host" } }, { netns: { nsmode: "host" } }],
    ["no network", { network: { mode: "none" } }, { netns: { nsmode: "none" } }],
    [
      "networks with aliases",
      { network: { mode: "bridge", networks: [{ name: "lnd", aliases: ["lnd"] }] } },
      { netns: { nsmode: "bridge" }, Networks: { lnd: { aliases: ["lnd"] } } },
    ],
    [
      "a limit of open files brings one of processes",
      { ulimits: { nofile: { soft: 1, hard: 2 } } },
      {
        r_limits: [
          { type: "NOFILE", soft: 1, hard: 2 },
          { type: "NPROC", soft: 32_768, hard: 32_768 },
        ],
      },
    ],
    [
      "any other limit brings both",
      { ulimits: { core: { soft: 0, hard: 0 } } },
      {
        r_limits: [
          { type: "NOFILE", soft: 20_000, hard: 20_000 },
          { type: "NPROC", soft: 32_768, hard: 32_768 },
          { type: "CORE", soft: 0, hard: 0 },
        ],
      },
    ],
    [
      "resources",
      { resources: { memory: 5, cpus: 0.5, pids: 7 } },
      { resource_limits: { memory: { limit: 5 }, cpu: { quota: 50_000, period: 100_000 }, pids: { limit: 7 } } },
    ],
    [
      "a health command with its time in nanoseconds and no interval",
      { healthCommand: { command: ["a", "b c"], timeout: 1_500 } },
      { healthconfig: { Test: ["CMD", "a", "b c"], Interval: 0, Timeout: 1_500_000_000, Retries: 1 } },
    ],
    [
      "the host's own address",
      {
        extraHosts: [
          { host: "gw", ip: "host-gateway" },
          { host: "x", ip: "10.1.1.1" },
        ],
      },
      { hostadd: ["gw:10.89.0.1", "x:10.1.1.1"] },
    ],
  ])("holds %s", (_, spec, expected) => {
    expect(body(spec)).toMatchObject(expected);
  });

  it("leaves out a host's address that has no meaning", () => {
    const spec = { extraHosts: [{ host: "gw", ip: "host-gateway" }] };
    expect(body(spec, {}, { hostGateway: null })["hostadd"]).toEqual([]);
  });

  const targets = (made: Readonly<Record<string, unknown>>): unknown => made["mounts"];

  it("mounts folders as asked and files read-only", () => {
    const mounts = [{ source: "/srv/a", target: "/a", readOnly: false, kind: "data" }] as const;
    const made = body({ mounts }, { files: [{ source: "/srv/f", target: "/etc/f" }] });
    expect(targets(made)).toEqual([
      { type: "bind", source: "/srv/a", destination: "/a", options: ["rbind", "rw"] },
      { type: "bind", source: "/srv/f", destination: "/etc/f", options: ["rbind", "ro"] },
    ]);
  });

  it("gives a read-only root places to write, where the manifest has not its own", () => {
    const made = body({ readOnly: true, tmpfs: [{ target: "/tmp/", options: ["size=1m"] }] });
    expect(targets(made)).toMatchObject([
      { type: "tmpfs", destination: "/run" },
      { type: "tmpfs", destination: "/var/tmp" },
      { type: "tmpfs", destination: "/tmp/", options: ["size=1m"] },
    ]);
  });
});
