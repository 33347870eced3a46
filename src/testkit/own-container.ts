import { madeFrom } from "./engine/made-from.ts";
import { containerId } from "../core/ids.ts";
import type { DesiredContainer } from "../core/desired/desired.ts";
import type { ContainerDetail, ContainerSummary } from "../core/observed/observed.ts";
import { containerName, identify, type OwnContainer } from "../core/observed/own-container.ts";
import { LABEL, LAST_APPLIED_ANNOTATION } from "../core/spec/labels.ts";
import { encodeLastApplied } from "../core/spec/last-applied.ts";

/** What a test says of a container beside what its spec says. */
export interface OwnOptions {
  readonly generation?: number;
  readonly name?: string;
  readonly summary?: Partial<ContainerSummary>;
  readonly detail?: Partial<ContainerDetail>;
  readonly alive?: boolean;
  readonly ending?: boolean;
  readonly files?: OwnContainer["files"];
  readonly record?: string;
  readonly lastLine?: string;
  /** False: the annotation is missing, as on a copy made by hand. */
  readonly annotated?: boolean;
}

/** A container as a look would find it had we made it from that spec; running and left alone unless said otherwise. */
export function ownContainer(desired: DesiredContainer, options: OwnOptions = {}): OwnContainer {
  const { spec } = desired;
  const generation = options.generation ?? 1;
  const name = options.name ?? containerName(spec.app, spec.container, generation);
  const bridge = spec.network.mode === "bridge" ? spec.network.networks : [];
  const summary: ContainerSummary = {
    id: containerId(`id-${name}`),
    name,
    image: spec.image,
    imageId: "image",
    labels: {
      [LABEL.owner]: "node",
      [LABEL.app]: spec.app,
      [LABEL.container]: spec.container,
      [LABEL.generation]: String(generation),
      [LABEL.version]: "1.0.0",
      [LABEL.specHash]: desired.hash,
    },
    state: "running",
    pid: 100,
    createdAt: 1_000,
    startedAt: 1_000,
    exitedAt: 0,
    exitCode: 0,
    networks: bridge.map((network) => network.name),
    ports: spec.ports,
    ...options.summary,
  };
  const detail: ContainerDetail = {
    ...summary,
    annotations: options.annotated === false ? {} : { [LAST_APPLIED_ANNOTATION]: encodeLastApplied(desired) },
    entrypoint: spec.entrypoint ?? [],
    command: spec.args,
    env: { PATH: "/bin", ...spec.env },
    user: spec.user ?? "",
    hostname: spec.hostname ?? "",
    ...madeFrom(spec),
    attachments: Object.fromEntries(
      bridge.map(({ name: network, aliases }) => [network, { ip: "10.89.0.2", gateway: "10.89.0.1", aliases }]),
    ),
    oomKilled: false,
    error: "",
    ...options.detail,
  };
  const identity = identify(detail);
  if (!identity) throw new Error("labels that identify nothing");
  return {
    ...identity,
    id: summary.id,
    name,
    startedAt: summary.startedAt,
    run: `${summary.pid}@${summary.startedAt}`,
    summary,
    detail,
    alive: options.alive ?? summary.state === "running",
    files:
      options.files ??
      new Map(
        spec.files.map((file) => [file.target, { sha256: desired.fileSums[file.target] ?? null, mode: file.mode }]),
      ),
    ending: options.ending ?? false,
    lastLine: options.lastLine ?? "",
    record: options.record ?? null,
  };
}
