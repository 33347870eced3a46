import type { ManifestChoice } from "../desired/choose-manifest.ts";
import type { AppSecrets, DesiredApp, DesiredContainer, RenderedContent } from "../desired/desired.ts";
import type { Problem } from "../errors/problem.ts";
import type { HostFacts } from "../facts.ts";
import type { AppId } from "../ids.ts";
import { resolveSettings } from "../manifest/check-settings.ts";
import { containerAlias, MAIN_CONTAINER, type Manifest } from "../manifest/manifest.ts";
import type { AppEntry, NodeConfig } from "../manifest/node-schema.ts";
import type { AppRecord } from "../record/app-record.ts";
import { failed, ok, type Result } from "../result.ts";
import type { NetworkSpec } from "../spec/container-spec.ts";
import { appNetwork, resolveContainer } from "./resolve-container.ts";
import type { ProvidedValues, Scope } from "./scope.ts";
import { containersInOrder, shapesOf } from "./start-order.ts";

/** What one app's resolution reads. */
export interface AppInput {
  readonly choice: Extract<ManifestChoice, { readonly kind: "chosen" }>;
  readonly entry: AppEntry;
  readonly node: NodeConfig["node"];
  readonly allow: NodeConfig["allow"];
  readonly facts: HostFacts;
  readonly secrets: ReadonlyMap<string, string>;
  readonly nodeKey: Uint8Array;
  readonly dataRoot: string;
  readonly providers: Readonly<Record<string, AppId | null>>;
  readonly requires: Readonly<Record<string, ProvidedValues>>;
  readonly providerManifests: ReadonlyMap<AppId, Manifest>;
  readonly record: AppRecord;
}

/** What the app's templates may read. An app sees its own secrets and those its providers share, no others. */
export function scopeOf(input: AppInput): Result<Scope> {
  const { manifest } = input.choice;
  const settings = resolveSettings(manifest, input.entry);
  if (!settings.ok) return settings;
  const readable = new Set(Object.keys(manifest.secrets));
  for (const container of Object.values(manifest.containers)) {
    for (const entry of container.secret_env) if ("secret_file" in entry) readable.add(entry.secret_file);
  }
  for (const fields of Object.values(input.requires)) {
    for (const value of Object.values(fields)) if ("secret" in value) readable.add(value.secret);
  }
  return ok({
    facts: input.facts,
    node: input.node,
    app: {
      id: manifest.id,
      name: manifest.name,
      version: manifest.version,
      data_dir: `${input.dataRoot}/${manifest.id}`,
    },
    settings: settings.value,
    container: Object.fromEntries(
      Object.keys(manifest.containers).map((name) => [name, containerAlias(manifest.id, name)]),
    ),
    requires: input.requires,
    secrets: new Map(
      [...readable].flatMap((name): [string, string][] => {
        const value = input.secrets.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    nodeKey: input.nodeKey,
  });
}

/** One app's desired state, and apart from it the secret values that its apply needs. */
export function resolveApp(input: AppInput): Result<{ readonly desired: DesiredApp; readonly secrets: AppSecrets }> {
  const { choice, entry } = input;
  const { manifest, folder } = choice;
  const scope = scopeOf(input);
  if (!scope.ok) return scope;

  const joined = joinedNetworks(input);
  const env = new Map<string, Readonly<Record<string, string>>>();
  const files = new Map<string, readonly RenderedContent[]>();
  const containers: DesiredContainer[] = [];
  const problems: Problem[] = [];
  for (const [name, container] of containersInOrder(manifest)) {
    const resolved = resolveContainer({
      name,
      container,
      manifest,
      folder,
      scope: scope.value,
      entry,
      dataRoot: input.dataRoot,
      providers: input.providers,
      joined,
      allowHostPaths: input.allow.host_paths.includes(manifest.id),
      allowPrivileged: input.allow.privileged.includes(manifest.id),
    });
    if (!resolved.ok) {
      problems.push(...resolved.problems);
      continue;
    }
    containers.push(resolved.value.desired);
    env.set(name, resolved.value.secretEnv);
    files.set(name, resolved.value.files);
  }
  if (problems.length > 0) return failed(...problems);
  return ok({
    desired: {
      kind: "resolved",
      id: manifest.id,
      title: manifest.name,
      version: manifest.version,
      state: entry.state,
      restartedAt: entry.restarted_at === undefined ? 0 : Date.parse(entry.restarted_at),
      retriedAt: entry.retried_at === undefined ? 0 : Date.parse(entry.retried_at),
      rollback: manifest.update.rollback,
      stableFor: manifest.update.stable_for,
      record: input.record,
      before: choice.before ? shapesOf(choice.before) : [],
      containers,
      networks: networksOf(containers),
      requires: Object.entries(manifest.requires).map(([alias, requirement]) => ({
        alias,
        app: input.providers[alias] ?? null,
        until: requirement.until,
        onLost: requirement.on_lost,
      })),
      acceptDue: choice.acceptDue,
      accepted: choice.accepted,
      standsIn: choice.standsIn,
      available: choice.available,
      notices: choice.notices,
      web: manifest.web
        ? { container: manifest.web.container ?? MAIN_CONTAINER, port: manifest.web.port, path: manifest.web.path }
        : null,
    },
    secrets: { env, files },
  });
}

/** The networks on which required apps answer: each consumer joins exactly these. */
function joinedNetworks(input: AppInput): readonly string[] {
  const names = new Set<string>();
  for (const provider of Object.values(input.providers)) {
    const manifest = provider === null ? undefined : input.providerManifests.get(provider);
    for (const container of Object.values(manifest?.containers ?? {})) {
      if (container.network !== "host" && container.network !== "none") {
        names.add(container.network ?? appNetwork(manifest?.id ?? ""));
      }
    }
  }
  return [...names];
}

/** Every network that one of these joins. */
export function networksOf(containers: readonly Pick<DesiredContainer, "spec">[]): readonly NetworkSpec[] {
  const specs = new Map<string, NetworkSpec>();
  for (const { spec } of containers) {
    if (spec.network.mode !== "bridge") continue;
    for (const { name } of spec.network.networks) {
      const owner = name.startsWith(appNetwork("")) ? (name.slice(appNetwork("").length) as AppId) : null;
      specs.set(name, { name, app: owner });
    }
  }
  return [...specs.values()];
}
