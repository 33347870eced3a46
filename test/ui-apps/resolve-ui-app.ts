import path from "node:path";
import { DirectoryFolderSource } from "../../src/adapters/catalogue-dir/folder-source.ts";
import { ArcError } from "../../src/core/errors/arc-error.ts";
import type { DesiredContainer, RenderedContent } from "../../src/core/desired/desired.ts";
import { appId } from "../../src/core/ids.ts";
import type { AppFolder, Manifest } from "../../src/core/manifest/manifest.ts";
import { parseManifest } from "../../src/core/manifest/parse-manifest.ts";
import { parseNode } from "../../src/core/manifest/parse-node.ts";
import type { Result } from "../../src/core/result.ts";
import { resolveNode } from "../../src/core/resolve/resolve-node.ts";
import { nodeText } from "../../src/testkit/builders.ts";

export const UI_APPS = ["bitcoin-ui", "electrs-ui", "lnd-ui"] as const;
export type UiApp = (typeof UI_APPS)[number];

export const APPS = path.join(import.meta.dirname, "..", "..", "apps");

export interface UiAppOptions {
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Default: 192.0.2.7. */
  readonly hostIp?: string;
}

export interface ResolvedUiApp {
  readonly manifest: Manifest;
  readonly folder: AppFolder;
  readonly container: DesiredContainer;
  readonly files: readonly RenderedContent[];
}

/** One of the catalogue's UI apps as a node would run it. Throws with every problem. */
export async function resolveUiApp(app: UiApp, options: UiAppOptions = {}): Promise<ResolvedUiApp> {
  const id = appId(app);
  const folder = (await new DirectoryFolderSource(APPS).read()).get(app);
  if (!folder) throw new Error(`${app} is not in the catalogue`);
  const manifest = valueOf(parseManifest(folder));
  const config = valueOf(parseNode(nodeText({ [app]: { settings: options.settings ?? {} } }), "node.yml"));
  const random = Object.keys(manifest.secrets).map((name): [string, string] => [name, "0".repeat(64)]);
  const choice = {
    kind: "chosen",
    standsIn: false,
    manifest,
    folder,
    acceptDue: true,
    accepted: false,
    before: null,
    available: null,
    notices: [],
  } as const;
  const { desired, secrets } = resolveNode({
    config,
    choices: new Map([[id, choice]]),
    forgotten: [],
    records: new Map(),
    facts: {
      host_ip: options.hostIp ?? "192.0.2.7",
      host_mdns: "node.local",
      host_name: "node",
      disk_gb: 1000,
      memory_mb: 8192,
      cpus: 4,
      arch: "amd64",
      timezone: "Etc/UTC",
    },
    secrets: new Map([...random, ...Object.entries(options.secrets ?? {})]),
    nodeKey: new Uint8Array(32),
    dataRoot: "/data",
  });
  const [entry] = desired.apps;
  if (entry?.kind !== "resolved") throw ArcError.fromProblems(entry?.problems ?? []);
  const [container] = entry.containers;
  if (!container) throw new Error(`${app} has no container`);
  return { manifest, folder, container, files: secrets.get(id)?.files.get("main") ?? [] };
}

/** The text that a container of the app sees at `target`. */
export function rendered({ files }: ResolvedUiApp, target: string): string {
  const file = files.find((candidate) => candidate.target === target);
  if (!file) throw new Error(`nothing is rendered at ${target}`);
  return file.content;
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw ArcError.fromProblems(result.problems);
  return result.value;
}
