import { appId } from "../core/ids.ts";
import type { ContainerSpec } from "../core/spec/container-spec.ts";
import type { CreateRequest } from "../ports/engine.ts";

/** A whole ContainerSpec of the plainest kind, with what a test cares about laid over it. */
export function containerSpec(overrides: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    app: appId("web"),
    container: "main",
    image: "docker.io/library/nginx:1.28",
    args: [],
    env: {},
    secretEnv: {},
    init: false,
    mounts: [],
    tmpfs: [],
    files: [],
    network: { mode: "bridge", networks: [] },
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
    ...overrides,
  };
}

/** A create request for a spec, without secrets, files and labels unless given. */
export function createRequest(
  name: string,
  spec: Partial<ContainerSpec> = {},
  overrides: Omit<Partial<CreateRequest>, "name" | "spec"> = {},
): CreateRequest {
  return { secretEnv: {}, files: [], labels: {}, annotations: {}, ...overrides, name, spec: containerSpec(spec) };
}
