import {
  chooseManifest,
  folderDigest,
  type ManifestChoice,
  type ParsedFolder,
} from "../core/desired/choose-manifest.ts";
import type { HostFacts } from "../core/facts.ts";
import { appId, type AppId } from "../core/ids.ts";
import { parseManifest } from "../core/manifest/parse-manifest.ts";
import { parseNode } from "../core/manifest/parse-node.ts";
import { EMPTY_RECORD, type AppRecord } from "../core/record/app-record.ts";
import { commitRecord } from "../core/rollout/commit-record.ts";
import { resolveNode, type ResolvedNode } from "../core/resolve/resolve-node.ts";
import { appFolder } from "./app-folder.ts";
import { nodeText } from "./builders.ts";

/** Facts of an invented host. */
export const FACTS: HostFacts = {
  host_ip: "192.0.2.1",
  host_mdns: "archy.local",
  host_name: "archy",
  disk_gb: 1000,
  memory_mb: 8192,
  cpus: 4,
  arch: "amd64",
  timezone: "Etc/UTC",
};

export interface ResolvedOptions {
  /** App -> its folder's texts, or just its manifest. */
  readonly catalogue: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** The same for accepted copies. */
  readonly accepted?: ResolvedOptions["catalogue"];
  /** node.yml's apps; default: all of the catalogue. */
  readonly apps?: Readonly<Record<string, Record<string, unknown>>>;
  /** The rest of node.yml. */
  readonly node?: Readonly<Record<string, unknown>>;
  readonly facts?: Partial<HostFacts>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Default: the accepted copies were committed as they stand. */
  readonly records?: Readonly<Record<string, AppRecord>>;
}

/** A node resolved from texts, by the same functions that the daemon uses. Throws where node.yml is not valid. */
export function resolvedNode(options: ResolvedOptions): ResolvedNode {
  const catalogue = parsedFolders(options.catalogue);
  const accepted = parsedFolders(options.accepted ?? {});
  const wanted = options.apps ?? Object.fromEntries(Object.keys(options.catalogue).map((id) => [id, {}]));
  const node = parseNode(nodeText(wanted, options.node), "node.yml");
  if (!node.ok) throw new Error(node.problems.map(({ message }) => message).join("\n"));
  const choices = new Map<AppId, ManifestChoice>(
    Object.keys(node.value.apps).map((id) => [
      appId(id),
      chooseManifest(appId(id), catalogue.get(id), accepted.get(id), {
        updates: node.value.updates,
        version: node.value.apps[id]?.version,
      }),
    ]),
  );
  return resolveNode({
    config: node.value,
    choices,
    forgotten: [...accepted.keys()].filter((id) => !(id in node.value.apps)).map(appId),
    records: new Map(Object.entries(options.records ?? committedOf(options))),
    facts: { ...FACTS, ...options.facts },
    secrets: new Map(Object.entries(options.secrets ?? {})),
    nodeKey: new Uint8Array(32),
    dataRoot: "/home/archy/data",
  });
}

/** Records of a node on which each accepted copy did its work. */
function committedOf(options: ResolvedOptions): Readonly<Record<string, AppRecord>> {
  const { accepted = {} } = options;
  if (Object.keys(accepted).length === 0) return {};
  // The version that is wanted now may be another one.
  const apps =
    options.apps &&
    Object.fromEntries(Object.entries(options.apps).map(([id, app]) => [id, { ...app, version: undefined }]));
  const catalogue = { ...options.catalogue, ...accepted };
  const { desired } = resolvedNode({ ...options, catalogue, accepted: {}, records: {}, ...(apps && { apps }) });
  return Object.fromEntries(
    desired.apps.flatMap((entry) =>
      entry.kind === "resolved" && entry.id in accepted
        ? [[entry.id, commitRecord(EMPTY_RECORD, entry, { at: 0, downtime: null })]]
        : [],
    ),
  );
}

function parsedFolders(texts: ResolvedOptions["catalogue"]): ReadonlyMap<string, ParsedFolder> {
  return new Map(
    Object.entries(texts).map(([id, files]) => {
      const folder = appFolder(id, typeof files === "string" ? { "manifest.yml": files } : files);
      return [id, { folder, digest: folderDigest(folder), manifest: parseManifest(folder) }];
    }),
  );
}
