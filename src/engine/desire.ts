import {
  chooseManifest,
  folderDigest,
  type ManifestChoice,
  type ParsedFolder,
} from "../core/desired/choose-manifest.ts";
import { ArcError } from "../core/errors/arc-error.ts";
import { formatProblem } from "../core/errors/problem.ts";
import type { HostFacts } from "../core/facts.ts";
import { appId, type AppId } from "../core/ids.ts";
import type { AppFolder } from "../core/manifest/manifest.ts";
import type { SecretGenerator } from "../core/manifest/manifest-schema.ts";
import type { NodeConfig } from "../core/manifest/node-schema.ts";
import { parseManifest } from "../core/manifest/parse-manifest.ts";
import { resolveNode, type ResolvedNode } from "../core/resolve/resolve-node.ts";
import { EMPTY_RECORD, type AppRecord } from "../core/record/app-record.ts";
import type { Collaborators } from "./collaborators.ts";
import type { RecordBook } from "./record-book.ts";

/** The desired state of one look, with where it came from. */
export interface Desire {
  readonly config: NodeConfig;
  readonly facts: { readonly detected: HostFacts; readonly effective: HostFacts };
  readonly catalogue: ReadonlyMap<string, ParsedFolder>;
  readonly choices: ReadonlyMap<AppId, ManifestChoice>;
  readonly resolved: ResolvedNode;
  readonly records: ReadonlyMap<string, AppRecord>;
  readonly notices: readonly string[];
  /** node.yml is not there: as desired state that would mean to remove everything, so the loop asks first. */
  readonly missing: boolean;
}

/** Nothing is known of what is wanted, so nothing may be changed. */
export interface NoDesire {
  readonly unknown: readonly string[];
}

/** For a preview: as if the app's record were this. */
export interface RecordEdit {
  readonly app: string;
  readonly change: (before: AppRecord) => AppRecord;
}

type Sources = Pick<Collaborators, "nodeFile" | "catalogue" | "accepted" | "facts" | "secrets" | "dataRoot"> & {
  readonly book: RecordBook;
};

/** A secret that will be made when the plan is applied. */
const TO_BE_MADE = "(made at apply)";

/** Reads everything that a node's desired state is made from, anew at every look; the work is done only when it moved. */
export class DesireReader {
  readonly #from: Sources;
  readonly #parsed = new WeakMap<AppFolder, ParsedFolder>();
  #last: { readonly key: readonly unknown[]; readonly desire: Desire } | null = null;

  constructor(from: Sources) {
    this.#from = from;
  }

  /** `edit` gives a preview: what would be desired, with nothing made and nothing kept. */
  async read(edit?: (config: NodeConfig) => NodeConfig, recordEdit?: RecordEdit): Promise<Desire | NoDesire> {
    const { nodeFile, facts: factSource, secrets: secretStore, dataRoot, book } = this.#from;
    const troubles: string[] = [];
    const noting = (what: string) => (error: unknown) => {
      troubles.push(`${what}: ${ArcError.from(error).message}`);
    };
    const [state, catalogue, accepted, detected, { records: recorded, unreadable }] = await Promise.all([
      nodeFile.read(),
      // Apps that run have their accepted copies.
      this.#folders(this.#from.catalogue).catch(noting("the catalogue can't be read")),
      this.#folders(this.#from.accepted),
      factSource.read(),
      book.read(),
    ]);
    const records = recordEdit ? edited(recorded, recordEdit) : recorded;
    const written = state.valid ? state.config : state.last;
    const invalid = state.valid ? [] : state.problems.map(formatProblem);
    if (!written) return { unknown: invalid };
    const config = edit ? edit(written) : written;

    const choices = new Map<AppId, ManifestChoice>();
    for (const name of Object.keys(config.apps)) {
      const wish = { updates: config.updates, version: config.apps[name]?.version };
      choices.set(appId(name), chooseManifest(appId(name), catalogue?.get(name), accepted.get(name), wish));
    }
    const secrets = await this.#secrets(choices, edit === undefined, noting("secrets can't be made"));
    const unusable = [...secretStore.unusable()].map(([name, why]) => `the secret ${name} can't be used: ${why}`);
    const notices = [...invalid, ...troubles, ...unusable, ...unreadable];
    const facts = { detected, effective: { ...detected, ...definedOf(config.host) } };
    const forgotten = [...new Set([...accepted.keys(), ...remembered(records)])]
      .filter((name) => !(name in config.apps))
      .map(appId);
    const key: unknown[] = [
      config,
      JSON.stringify(facts),
      secrets,
      records,
      forgotten.join(),
      ...[...choices.values()].flatMap((choice): unknown[] =>
        choice.kind === "chosen"
          ? [choice.folder, choice.acceptDue, choice.standsIn, choice.available, choice.notices.join()]
          : [choice.problems],
      ),
    ];
    const missing = state.valid && state.text === "";
    // What the key leaves out is as it is now: an app that has just come into the catalogue can be installed at once.
    const fresh = { catalogue: catalogue ?? new Map(), notices, missing };
    if (this.#last && !edit && sameElements(this.#last.key, key)) return { ...this.#last.desire, ...fresh };
    const nodeKey = await secretStore.nodeKey();
    const input = { config, choices, forgotten, records, facts: facts.effective, secrets, nodeKey, dataRoot };
    const desire: Desire = { config, facts, choices, records, resolved: resolveNode(input), ...fresh };
    if (!edit) this.#last = { key, desire };
    return desire;
  }

  async #folders(source: Sources["catalogue"]): Promise<ReadonlyMap<string, ParsedFolder>> {
    const folders = await source.read();
    return new Map([...folders].map(([name, folder]) => [name, this.#parse(folder)]));
  }

  #parse(folder: AppFolder): ParsedFolder {
    const known = this.#parsed.get(folder);
    if (known) return known;
    const parsed = { folder, digest: folderDigest(folder), manifest: parseManifest(folder) };
    this.#parsed.set(folder, parsed);
    return parsed;
  }

  /** Makes what is missing and has a generator; a preview pretends. What can't be made keeps only its own app back. */
  async #secrets(
    choices: ReadonlyMap<AppId, ManifestChoice>,
    make: boolean,
    note: (error: unknown) => void,
  ): Promise<ReadonlyMap<string, string>> {
    const present = await this.#from.secrets.read();
    const missing: Record<string, SecretGenerator> = {};
    for (const choice of choices.values()) {
      if (choice.kind !== "chosen") continue;
      for (const [name, generator] of Object.entries(choice.manifest.secrets)) {
        if (!present.has(name)) missing[name] = generator;
      }
    }
    const names = Object.keys(missing);
    if (names.length === 0) return present;
    if (!make) return new Map([...present, ...names.map((name) => [name, TO_BE_MADE] as const)]);
    // Bases that are there already matter to what derives from them, so all generators of these apps are given.
    await this.#from.secrets.generate(missing).catch(note);
    return this.#from.secrets.read();
  }
}

function edited(records: ReadonlyMap<string, AppRecord>, { app, change }: RecordEdit): ReadonlyMap<string, AppRecord> {
  return new Map(records).set(app, change(records.get(app) ?? EMPTY_RECORD));
}

/** An adoption that is just being said stands in its record before it stands in node.yml: nothing to forget yet. */
function remembered(records: ReadonlyMap<string, AppRecord>): readonly string[] {
  return [...records].filter(([, { adopted }]) => adopted.every(({ taken }) => taken)).map(([app]) => app);
}

function definedOf(overrides: NodeConfig["host"]): Partial<HostFacts> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}

function sameElements(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, index) => element === b[index]);
}
