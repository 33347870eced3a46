import { chooseManifest, folderDigest, type ParsedFolder } from "../src/core/desired/choose-manifest.ts";
import { appId } from "../src/core/ids.ts";
import { parseManifest } from "../src/core/manifest/parse-manifest.ts";
import { EMPTY_RECORD } from "../src/core/record/app-record.ts";
import { commitRecord } from "../src/core/rollout/commit-record.ts";
import { parseNode } from "../src/core/manifest/parse-node.ts";
import type { World } from "../src/core/plan/plan-node.ts";
import type { NodeInput, ResolvedNode } from "../src/core/resolve/resolve-node.ts";
import { appFolder } from "../src/testkit/app-folder.ts";
import { manifestText, nodeText } from "../src/testkit/builders.ts";
import { ownContainer } from "../src/testkit/own-container.ts";
import { FACTS } from "../src/testkit/resolved-node.ts";

/** One base for each ten apps, as bitcoin is for what builds on it. */
const FAMILY = 10;
const NOW = 100_000;

/** All that a node with so many apps is resolved from: everything in a manifest that costs work to fill in or compare. */
export function nodeInput(size: number): NodeInput {
  const ids = Array.from({ length: size }, (_, index) => nameOf(index));
  const parsed = new Map(ids.map((id, index) => [id, parsedFolder(id, index)]));
  const node = parseNode(nodeText(Object.fromEntries(ids.map((id) => [id, {}]))), "node.yml");
  if (!node.ok) throw new Error(node.problems[0]?.message);
  return {
    config: node.value,
    choices: new Map(
      ids.map((id) => [appId(id), chooseManifest(appId(id), parsed.get(id), parsed.get(id), { updates: "manual" })]),
    ),
    forgotten: [],
    records: new Map(),
    facts: FACTS,
    secrets: new Map(ids.map((id) => [`${id}-password`, `canary-${id}`])),
    nodeKey: new Uint8Array(32),
    dataRoot: "/var/lib/archipelago/data",
  };
}

/** What stands beside the accepted copies once every app has done its work. */
export function committedRecords({ desired }: ResolvedNode): NodeInput["records"] {
  return new Map(
    desired.apps.flatMap((entry) =>
      entry.kind === "resolved"
        ? [[entry.id as string, commitRecord(EMPTY_RECORD, entry, { at: NOW, downtime: null })]]
        : [],
    ),
  );
}

/** Everything runs, made from exactly these specs. */
export function settledWorld(node: ResolvedNode): World {
  const own = node.desired.apps.flatMap((entry) =>
    entry.kind === "resolved" ? entry.containers.map((container) => ownContainer(container)) : [],
  );
  return {
    now: NOW,
    nodeId: "node",
    containers: own.map(({ summary }) => summary),
    own,
    images: new Set(),
    networks: null,
    listening: null,
    unclear: [],
    strays: [],
    disks: [],
    imageBytes: new Map(),
    fetched: new Set(),
    busy: new Set(),
  };
}

/** Nothing of ours is here, not even an image. */
export function freshWorld(): World {
  return {
    now: NOW,
    nodeId: "node",
    containers: [],
    own: [],
    images: new Set(),
    networks: [],
    listening: new Set(),
    unclear: [],
    strays: [],
    disks: [],
    imageBytes: new Map(),
    fetched: new Set(),
    busy: new Set(),
  };
}

const nameOf = (index: number): string => `app-${String(index).padStart(5, "0")}`;

function parsedFolder(id: string, index: number): ParsedFolder {
  const base = nameOf(index - (index % FAMILY));
  const text = manifestText({
    id,
    provides: { [`rpc-${id}`]: { host: "{{ container.main }}", port: "8080" } },
    ...(id === base ? {} : { requires: { base: { app: base } } }),
    settings: { alias: { type: "string", default: id } },
    secrets: { [`${id}-password`]: { generate: "random", bytes: 32, encoding: "hex" } },
    container: {
      image: `docker.io/example/${id}:1.0.0`,
      custom_args: ["--name={{ settings.alias }}", "--listen=0.0.0.0:8080"],
      env: { HOME: "/data", MODE: "production" },
      derived_env: [
        { key: "EXTERNAL", template: "http://{{ host_ip }}:8080" },
        ...(id === base ? [] : [{ key: "BASE", template: "{{ requires.base.host }}:{{ requires.base.port }}" }]),
      ],
      secret_env: [{ key: "PASSWORD", secret_file: `${id}-password` }],
      volumes: [{ source: "data", target: "/data" }],
      tmpfs: [{ target: "/tmp", options: "size=64m" }],
      ports: [{ container: 8080, host: 20_000 + index }],
      cap_drop: ["ALL"],
      health: { readiness: { http: { port: 8080, path: "/" } } },
    },
  });
  const folder = appFolder(id, { "manifest.yml": text });
  return { folder, digest: folderDigest(folder), manifest: parseManifest(folder) };
}
