import type { DesiredContainer } from "../core/desired/desired.ts";
import type { EngineView } from "../core/diff/field.ts";
import { containerId } from "../core/ids.ts";
import type { ObservedImage } from "../core/observed/image.ts";
import type { ContainerDetail } from "../core/observed/observed.ts";
import { specHash } from "../core/spec/canonical.ts";
import type { ContainerSpec } from "../core/spec/container-spec.ts";
import { seal } from "../core/spec/digest.ts";
import { containerSpec } from "./builders.ts";
import { madeFrom } from "./engine/made-from.ts";

/** A container of an app as it shall be, with nothing to it but its spec. */
export function desiredContainer(overrides: Partial<ContainerSpec> = {}): DesiredContainer {
  const spec = containerSpec(overrides);
  const rest = { inputs: {}, oneShot: false, startAfter: [], health: {}, fileSums: {} } as const;
  return { name: spec.container, spec, hash: specHash(spec), ...rest };
}

/** An image that says a little of everything. */
export const FOREIGN_IMAGE: ObservedImage = {
  id: "a".repeat(64),
  digests: [`docker.io/library/nginx@sha256:${"d".repeat(64)}`],
  env: { PATH: "/usr/local/bin:/bin", NGINX_VERSION: "1.28" },
  entrypoint: ["/entry.sh"],
  command: ["nginx", "-g", "daemon off;"],
  user: "101",
  workingDir: "/srv",
  volumes: ["/var/cache"],
};

/** The key of a node that seals a test's secrets. */
export const sealed = (secret: string, value: string): string => seal(new Uint8Array(32), `secret ${secret}`, value);

/** A container that somebody made by hand as the spec says, with what a test has changed about it. */
export function foreignDetail(
  spec: ContainerSpec,
  secrets: Readonly<Record<string, string>> = {},
  overrides: Partial<ContainerDetail> = {},
): ContainerDetail {
  const id = containerId("f".repeat(64));
  const networks = spec.network.mode === "bridge" ? spec.network.networks : [];
  const user = spec.user ?? FOREIGN_IMAGE.user;
  return {
    id,
    name: spec.app,
    image: spec.image,
    imageId: FOREIGN_IMAGE.id,
    labels: { maintainer: "somebody", ...spec.labels },
    state: "running",
    pid: 100,
    createdAt: 1_000,
    startedAt: 1_000,
    exitedAt: 0,
    exitCode: 0,
    networks: networks.map(({ name }) => name),
    ports: spec.ports,
    annotations: {},
    entrypoint: spec.entrypoint ?? FOREIGN_IMAGE.entrypoint,
    command: spec.args.length > 0 || spec.entrypoint ? spec.args : FOREIGN_IMAGE.command,
    env: { TERM: "xterm", container: "podman", HOSTNAME: "x", ...FOREIGN_IMAGE.env, ...spec.env, ...secrets },
    user,
    hostname: spec.hostname ?? id.slice(0, 12),
    ...madeFrom({ ...spec, user }),
    workingDir: FOREIGN_IMAGE.workingDir,
    sysctls: spec.sysctls,
    attachments: Object.fromEntries(
      networks.map(({ name, aliases }) => [name, { ip: "10.89.0.2", gateway: "10.89.0.1", aliases }]),
    ),
    oomKilled: false,
    error: "",
    ...overrides,
  };
}

/** All that can be known of it. */
export function foreignView(detail: ContainerDetail, overrides: Partial<EngineView> = {}): EngineView {
  return {
    detail,
    image: FOREIGN_IMAGE,
    wantedImage: FOREIGN_IMAGE,
    seal: sealed,
    places: new Map(),
    ...overrides,
  };
}
