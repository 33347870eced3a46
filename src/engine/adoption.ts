import { chooseAdoption } from "../core/adopt/choose-adoption.ts";
import { findCandidates, type Candidate } from "../core/adopt/find-candidates.ts";
import { foundSpec } from "../core/adopt/found-spec.ts";
import { judgeAdoption, type Judgement } from "../core/adopt/judge-adoption.ts";
import { placesToAsk } from "../core/adopt/places-to-ask.ts";
import type { DesiredApp, DesiredContainer } from "../core/desired/desired.ts";
import type { EngineView } from "../core/diff/field.ts";
import { ArcError } from "../core/errors/arc-error.ts";
import type { AppId } from "../core/ids.ts";
import { NEW_ENTRY, type NodeConfig } from "../core/manifest/node-schema.ts";
import type { ContainerSummary } from "../core/observed/observed.ts";
import type { Adoption, AppRecord } from "../core/record/app-record.ts";
import { sealSecret } from "../core/resolve/scope.ts";
import { specHash } from "../core/spec/canonical.ts";
import { encodeLastApplied } from "../core/spec/last-applied.ts";
import type { Collaborators } from "./collaborators.ts";
import type { Desire } from "./desire.ts";
import type { Look } from "./look.ts";
import type { RecordBook } from "./record-book.ts";

/** A candidate, and what taking it over would mean. */
export interface Adoptable extends Judgement {
  readonly app: AppId;
  readonly candidate: Candidate;
}

type Sources = Pick<Collaborators, "engine" | "dataDirs" | "secrets" | "clock">;

/** What it needs of the reconciler. */
interface Looks {
  readonly book: RecordBook;
  readDesire(): Promise<Desire>;
  preview(edit: (config: NodeConfig) => NodeConfig): Promise<Look>;
}

/** How foreign containers become ours: looked at, judged, and by a person's word written into the app's record. */
export class Adoptions {
  readonly #by: Sources;
  readonly #loop: Looks;

  constructor(by: Sources, loop: Looks) {
    this.#by = by;
    this.#loop = loop;
  }

  /** What looks like this app's containers; null: like any app's of the catalogue. ARC_APP_UNKNOWN, ARC_UNRESOLVED. */
  async adoptable(app: AppId | null): Promise<readonly Adoptable[]> {
    const look = await this.#wanting(app);
    const surroundings = await this.#surroundings(look);
    const found: Adoptable[] = [];
    for (const entry of resolvedApps(look, app)) {
      for (const candidate of findCandidates(entry, look.world.containers, surroundings)) {
        const desired = entry.containers.find(({ name }) => name === candidate.container);
        if (!desired || (candidate.ours && app === null)) continue;
        found.push({ app: entry.id, candidate, ...(await this.#judge(candidate, desired)) });
      }
    }
    return found;
  }

  /**
   * Writes the app's record, so that the containers count as ours as soon as node.yml wants the app. Until then the record
   * changes nothing: a daemon that is killed in between has done nothing. Throws as `plan` does.
   */
  async adopt(app: AppId, from: readonly string[], replace: boolean): Promise<void> {
    await this.#loop.book.change(app, await this.plan(app, from, replace));
  }

  /** Whether the app was committed with what was adopted: then it is ours for good. */
  async isTaken(app: AppId): Promise<boolean> {
    const { records } = await this.#loop.book.read();
    return records.get(app)?.adopted.some(({ taken }) => taken) ?? false;
  }

  /** Forgets what was said and not done: from then on those containers are as foreign as before. */
  release(app: AppId): Promise<void> {
    return this.#loop.book.change(app, released);
  }

  /**
   * What the record would become. ARC_ADOPT where the containers can't be told, or where they differ and `replace` is not
   * said, or where data would be left behind; ARC_APP_UNKNOWN, ARC_UNRESOLVED.
   */
  async plan(app: AppId, from: readonly string[], replace: boolean): Promise<(before: AppRecord) => AppRecord> {
    const look = await this.#wanting(app);
    const [entry] = resolvedApps(look, app);
    if (!entry) throw unresolved(look, app);
    const chosen = chooseAdoption(entry, look.world.containers, from, await this.#surroundings(look));
    if (!chosen.ok) throw ArcError.fromProblems(chosen.problems);
    const adopted: Adoption[] = [];
    for (const { container, candidate } of chosen.value) {
      const judged = await this.#judge(candidate, container);
      const mayReplace = judged.verdict === "different" && replace;
      if (judged.verdict !== "equal" && !mayReplace) throw new ArcError("ARC_ADOPT", judged.sentence);
      adopted.push(await this.#adoption(entry, container, candidate.found, judged.verdict === "equal"));
    }
    const at = this.#by.clock.now();
    return (said) => {
      const before = released(said);
      const hashes = Object.fromEntries(adopted.map(({ container, hash }) => [container, hash]));
      const { containers = {}, images = [], previousImages = [] } = before.committed ?? {};
      const committed = { version: entry.version, containers: { ...containers, ...hashes }, at, downtime: null };
      return {
        ...before,
        committed: { ...committed, images, previousImages },
        adopted: [...before.adopted, ...adopted],
      };
    };
  }

  /** One that is equal is what is wanted, to the last field; of another its own shape is kept. */
  async #adoption(
    { version }: DesiredApp,
    { name: container, spec, inputs, hash }: DesiredContainer,
    found: ContainerSummary,
    equal: boolean,
  ): Promise<Adoption> {
    const own = equal ? spec : foundSpec(spec, await this.#by.engine.inspect(found.id));
    return {
      id: found.id,
      container,
      generation: 1,
      version: equal ? version : "(adopted)",
      hash: equal ? hash : specHash(own),
      applied: encodeLastApplied({ spec: own, inputs: equal ? inputs : {} }),
      taken: false,
    };
  }

  async #judge(candidate: Candidate, desired: DesiredContainer): Promise<Judgement> {
    const { engine, dataDirs, secrets } = this.#by;
    const detail = await engine.inspect(candidate.found.id);
    const nodeKey = await secrets.nodeKey();
    const view: EngineView = {
      detail,
      image: await engine.image(detail.imageId || detail.image),
      wantedImage: await engine.image(desired.spec.image),
      seal: (name, value) => sealSecret({ nodeKey }, name, value),
      places: await dataDirs.places(placesToAsk(desired.spec, detail)),
    };
    return judgeAdoption(candidate, desired, view);
  }

  /** As if the app, or every app of the catalogue, were wanted. */
  async #wanting(app: AppId | null): Promise<Look> {
    const { catalogue } = await this.#loop.readDesire();
    const names = app === null ? [...catalogue.keys()] : [app];
    const missing = names.find((name) => !catalogue.has(name));
    if (missing !== undefined) throw new ArcError("ARC_APP_UNKNOWN", `${missing} is not in the catalogue`);
    return this.#loop.preview((config) => ({
      ...config,
      apps: { ...Object.fromEntries(names.map((name) => [name, NEW_ENTRY])), ...config.apps },
    }));
  }

  async #surroundings({ world, desire }: Look) {
    const ours = new Set<string>([...world.own, ...world.unclear].map(({ id }) => id));
    const wanted = new Set(
      desire.resolved.desired.apps.flatMap((entry) =>
        entry.kind === "resolved" ? entry.containers.map(({ spec }) => spec.image) : [],
      ),
    );
    const images = new Map<string, string>();
    for (const reference of wanted) {
      const image = await this.#by.engine.image(reference);
      if (image) images.set(reference, image.id);
    }
    return { images, isOurs: ({ id }: ContainerSummary) => ours.has(id) };
  }
}

/** Without adoptions that the app was never committed with, and without what they stand for. */
function released(record: AppRecord): AppRecord {
  const pending = record.adopted.filter(({ taken }) => !taken);
  if (pending.length === 0) return record;
  const { committed } = record;
  const kept = Object.entries(committed?.containers ?? {}).filter(
    ([container, hash]) => !pending.some((each) => each.container === container && each.hash === hash),
  );
  return {
    ...record,
    committed: committed && kept.length > 0 ? { ...committed, containers: Object.fromEntries(kept) } : null,
    adopted: record.adopted.filter(({ taken }) => taken),
  };
}

/** The apps that are asked about, as they would be. */
function resolvedApps({ desire }: Look, app: AppId | null): readonly DesiredApp[] {
  return desire.resolved.desired.apps.filter(
    (entry): entry is DesiredApp => entry.kind === "resolved" && (app === null || entry.id === app),
  );
}

function unresolved({ desire }: Look, app: AppId): ArcError {
  const entry = desire.resolved.desired.apps.find(({ id }) => id === app);
  return ArcError.fromProblems(entry && entry.kind !== "resolved" ? entry.problems : []);
}
