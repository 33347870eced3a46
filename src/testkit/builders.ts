import { stringify } from "yaml";
import type * as z from "zod";
import { appId } from "../core/ids.ts";
import type { manifestSchema } from "../core/manifest/manifest-schema.ts";
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

/** What a manifest says, in the shape that a packager writes. */
export type ManifestInput = z.input<typeof manifestSchema>;

/**
 * The YAML text of a manifest: an app `web` of one nginx, with what a test cares about laid over it. `containers` takes
 * the place of the one container.
 */
export function manifestText(overrides: Partial<ManifestInput> = {}): string {
  const id = overrides.id ?? "web";
  const container = overrides.containers ? {} : { container: { image: "docker.io/library/nginx:1.28" } };
  return stringify({ id, name: id, version: "1.0.0", ...container, ...overrides });
}

/** The YAML text of a node.yml that wants these apps. */
export function nodeText(
  apps: Readonly<Record<string, Record<string, unknown>>>,
  overrides: Readonly<Record<string, unknown>> = {},
): string {
  return stringify({ ...overrides, apps });
}
