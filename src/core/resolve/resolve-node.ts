import type { ManifestChoice } from "../desired/choose-manifest.ts";
import type { AppSecrets, DesiredEntry, DesiredNode } from "../desired/desired.ts";
import type { Problem } from "../errors/problem.ts";
import type { HostFacts } from "../facts.ts";
import type { AppId } from "../ids.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { NodeConfig } from "../manifest/node-schema.ts";
import { EMPTY_RECORD, type Adoption, type AppRecord } from "../record/app-record.ts";
import { findProviders } from "./requirements.ts";
import { resolveApp, scopeOf, type AppInput } from "./resolve-app.ts";
import { fill, type ProvidedValue, type ProvidedValues } from "./scope.ts";
import { shapesOf, startOrder } from "./start-order.ts";

/** All that a node's desired state is made from. */
export interface NodeInput {
  readonly config: NodeConfig;
  readonly choices: ReadonlyMap<AppId, ManifestChoice>;
  /** Apps with an accepted copy that are no longer wanted. */
  readonly forgotten: readonly AppId[];
  readonly records: ReadonlyMap<string, AppRecord>;
  /** With node.yml's overrides over what was found. */
  readonly facts: HostFacts;
  readonly secrets: ReadonlyMap<string, string>;
  readonly nodeKey: Uint8Array;
  readonly dataRoot: string;
}

export interface ResolvedNode {
  readonly desired: DesiredNode;
  readonly secrets: ReadonlyMap<AppId, AppSecrets>;
}

/** Resolves every wanted app. An app that can't be resolved stands in the outcome with its reasons. Pure. */
export function resolveNode(input: NodeInput): ResolvedNode {
  const wanted = new Map<AppId, Manifest>();
  for (const [id, choice] of input.choices) if (choice.kind === "chosen") wanted.set(id, choice.manifest);

  const provisions = new Map(
    [...wanted].map(([id, manifest]) => [id, findProviders(manifest, entryOf(input.config, id), wanted)] as const),
  );
  const needs = new Map(
    [...input.choices.keys()].map((id) => [
      id as string,
      Object.values(provisions.get(id)?.providers ?? {}).filter((provider) => provider !== null),
    ]),
  );
  const { order, cycle } = startOrder(needs);

  const provided = new Map<string, ProvidedValues>();
  const apps: DesiredEntry[] = [];
  const secrets = new Map<AppId, AppSecrets>();
  for (const name of order) {
    const id = name as AppId;
    const choice = input.choices.get(id);
    if (!choice) continue;
    if (choice.kind === "invalid") {
      apps.push({ kind: "invalid", id, problems: choice.problems });
      continue;
    }
    const { manifest } = choice;
    const provision = provisions.get(id) ?? { providers: {}, problems: [] };
    const problems: Problem[] = [...provision.problems];
    if (cycle?.includes(id)) {
      problems.push({ code: "ARC_UNRESOLVED", message: `apps require each other in a circle: ${cycle.join(" -> ")}` });
    }
    const requires: Record<string, ProvidedValues> = {};
    for (const [alias, provider] of Object.entries(provision.providers)) {
      if (provider === null) continue;
      const values = provided.get(provider);
      if (values === undefined) {
        if (!cycle)
          problems.push({ code: "ARC_UNRESOLVED", message: `${provider}, which ${id} requires, can't be resolved` });
        continue;
      }
      requires[alias] = values;
      problems.push(...checkWhere(manifest, alias, provider, values));
    }
    const appInput: AppInput = {
      choice,
      entry: entryOf(input.config, id),
      node: input.config.node,
      allow: input.config.allow,
      facts: input.facts,
      secrets: input.secrets,
      nodeKey: input.nodeKey,
      dataRoot: input.dataRoot,
      providers: provision.providers,
      requires,
      providerManifests: wanted,
      record: input.records.get(id) ?? EMPTY_RECORD,
    };
    const values = provideValues(appInput);
    if (values.ok) provided.set(id, values.values);
    else problems.push(...values.problems);
    const resolved = resolveApp(appInput);
    if (resolved.ok && problems.length === 0) {
      apps.push(resolved.value.desired);
      secrets.set(id, resolved.value.secrets);
    } else {
      apps.push({
        kind: "unresolved",
        id,
        title: manifest.name,
        version: manifest.version,
        state: appInput.entry.state,
        record: appInput.record,
        containers: shapesOf(manifest),
        problems: [...problems, ...(resolved.ok ? [] : resolved.problems)],
        available: choice.available,
        notices: choice.notices,
      });
    }
  }
  const { collect_below: collectBelow, hold_below: holdBelow } = input.config.disk;
  const adopted = adoptedOf(input);
  return { desired: { apps, forgotten: input.forgotten, adopted, marks: { collectBelow, holdBelow } }, secrets };
}

/** One that was not committed yet counts only while its app is wanted: until then the person's word is half said. */
function adoptedOf({ records, config }: NodeInput): DesiredNode["adopted"] {
  const adopted = new Map<string, { readonly app: AppId; readonly adoption: Adoption }>();
  for (const [app, record] of records)
    for (const adoption of record.adopted)
      if (adoption.taken || app in config.apps) adopted.set(adoption.id, { app: app as AppId, adoption });
  return adopted;
}

const NO_ENTRY = { state: "running", settings: {}, images: {}, ports: {}, requires: {} } as const;

function entryOf(config: NodeConfig, id: AppId) {
  return config.apps[id] ?? NO_ENTRY;
}

/** The fields an app provides, over all its interfaces; a field of the same name in two interfaces is the same field. */
function provideValues(
  input: AppInput,
):
  | { readonly ok: true; readonly values: ProvidedValues }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const scope = scopeOf(input);
  if (!scope.ok) return { ok: false, problems: [] }; // the app's own resolution names the problem
  const values: Record<string, ProvidedValue> = {};
  const problems: Problem[] = [];
  for (const [name, fields] of Object.entries(input.choice.manifest.provides)) {
    for (const [field, value] of Object.entries(fields)) {
      if (typeof value !== "string") {
        values[field] = { secret: value.secret };
        continue;
      }
      const filled = fill(value, scope.value, { secrets: false });
      if (filled.ok) values[field] = { text: filled.value.text };
      else problems.push(...filled.problems.map((problem) => ({ ...problem, path: `provides.${name}.${field}` })));
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, values };
}

function checkWhere(manifest: Manifest, alias: string, provider: string, values: ProvidedValues): readonly Problem[] {
  return Object.entries(manifest.requires[alias]?.where ?? {}).flatMap(([field, must]): Problem[] => {
    const value = values[field];
    const is = value && "text" in value ? value.text : undefined;
    if (is === must) return [];
    return [
      {
        code: "ARC_UNRESOLVED",
        message: `${manifest.id} requires ${provider} with ${field} = ${must}, but it is ${is ?? "not said"}`,
        path: `requires.${alias}.where.${field}`,
      },
    ];
  });
}
