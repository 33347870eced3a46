import type { ContainerDetail, ContainerSummary } from "../../core/observed/observed.ts";
import type { PortSpec } from "../../core/spec/container-spec.ts";
import type { ContainerRecord } from "./container-record.ts";
import { madeFrom } from "./made-from.ts";
import { nameOf } from "./image-name.ts";
import type { ImageConfig } from "./images.ts";

const NO_PORTS: readonly PortSpec[] = [];

/** Podman's list counts in whole seconds: two starts within one are told apart by the pid alone. */
const wholeSeconds = (ms: number): number => ms - (ms % 1000);

/** One row of the list. Kept until the container changes: a look over a quiet engine makes no new objects. */
export function summaryOf(record: ContainerRecord): ContainerSummary {
  const { id, name, imageId, state, pid, exitCode, request } = record;
  const over = state === "exited" || state === "stopped";
  record.summary ??= {
    id,
    name,
    image: nameOf(request.spec.image),
    imageId,
    labels: request.labels,
    state,
    pid,
    createdAt: wholeSeconds(record.createdAt),
    startedAt: wholeSeconds(record.startedAt),
    exitedAt: over ? wholeSeconds(record.exitedAt) : 0,
    exitCode: over ? exitCode : 0,
    networks: [...record.attachments.keys()].toSorted(),
    ports: request.spec.network.mode === "bridge" ? request.spec.ports : NO_PORTS,
  };
  return record.summary;
}

/** All that inspect tells, with what image and engine add. */
export function detailOf(record: ContainerRecord, image: ImageConfig | null): ContainerDetail {
  const { spec, secretEnv, files, annotations } = record.request;
  const hostname = spec.hostname ?? record.id.slice(0, 12);
  return {
    ...summaryOf(record),
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    annotations,
    entrypoint: spec.entrypoint ?? image?.entrypoint ?? [],
    command: spec.args.length > 0 || spec.entrypoint ? spec.args : (image?.command ?? []),
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      TERM: "xterm",
      container: "podman",
      HOSTNAME: hostname,
      ...image?.env,
      ...spec.env,
      ...secretEnv,
    },
    user: spec.user ?? "",
    hostname,
    ...madeFrom(spec, files),
    attachments: Object.fromEntries(
      Array.from(record.attachments, ([name, { ip, aliases }]) => [
        name,
        { ip, gateway: ip === "" ? "" : ip.replace(/\d+$/, "1"), aliases },
      ]),
    ),
    oomKilled: false,
    error: record.error,
  };
}
