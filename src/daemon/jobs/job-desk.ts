import { ArcError } from "../../core/errors/arc-error.ts";
import { fixedFor } from "../../core/job/job-fixed.ts";
import { decodeNote, decodeUndo, EMPTY_NOTE, type JobNote } from "../../core/job/job-note.ts";
import { fetchProgressOf } from "../../core/job/job-phase.ts";
import type { JobSight } from "../../core/job/job-sight.ts";
import type { JobKind, JobView } from "../../core/job/job.ts";
import { judgeJob, knowsOf, type Judgement } from "../../core/job/judge-job.ts";
import type { NodeEdit } from "../../core/manifest/edit-node.ts";
import type { JobQuery, JobStore, StoredJob } from "../../ports/job-store.ts";
import type { Log } from "../../ports/log.ts";
import type { NodeFile } from "../../ports/node-file.ts";
import type { Random } from "../../ports/random.ts";
import { moveData, type MoverPorts } from "./data-mover.ts";
import { jobEntries } from "./job-history.ts";
import { appId } from "../../core/ids.ts";
import type { Adopter } from "./adopter.ts";
import type { JobLoop } from "./job-loop.ts";
import { endedView, runningView } from "./job-views.ts";

export interface DeskOptions extends MoverPorts {
  readonly jobs: JobStore;
  readonly nodeFile: NodeFile;
  readonly random: Random;
  readonly log: Log;
  readonly loop: JobLoop;
  readonly adopter: Pick<Adopter, "isTaken" | "release">;
  /** Why nothing can be looked at; null: it can. */
  readonly away: () => string | null;
  readonly redact: (text: string) => string;
  /** Told of each job whose view is another than it was. */
  readonly tell: (job: JobView) => void;
}

/** What begins a job. */
export interface NewJob {
  readonly kind: JobKind;
  readonly apps: readonly string[];
  readonly actor: string;
  readonly request: unknown;
  readonly undo: readonly NodeEdit[];
  readonly note: Partial<JobNote>;
}

/** A job that runs, with what this life of the daemon knows of it. */
interface Open {
  stored: StoredJob;
  note: JobNote;
  judgement: Judgement | null;
  /** A look was made that knows what it asked for. */
  known: boolean;
  /** ms since the epoch when it first looked lost; null: it does not. */
  lostSince: number | null;
  moving: Promise<void> | null;
  shown: string;
}

/** ms. One look may fall between two steps; a job that is lost still looks so a moment later. */
const DOUBT = 1_000;
/** ms between two words on how far a fetch is. */
const PULSE = 1_000;
/** ms after which a look that does not know of a job's edit says that somebody has undone it. */
const UNKNOWN_FOR = 5_000;

/**
 * Follows every job that runs, look by look, until it is over. What it says of them is computed from the newest look;
 * stored is only what a later life of the daemon must know. A job never changes a container: it edits node.yml, waits,
 * and moves data of apps that are gone.
 */
export class JobDesk implements AsyncDisposable {
  readonly #by: DeskOptions;
  readonly #open = new Map<string, Open>();
  #sight: JobSight | null = null;
  #again: { readonly due: number; readonly timer: Disposable } | null = null;
  #pulse: Disposable | null = null;
  readonly #life = new AbortController();

  /** Goes on with what an earlier life of the daemon left running. */
  constructor(by: DeskOptions) {
    this.#by = by;
    for (const stored of by.jobs.load()) {
      if (stored.state !== "running") continue;
      const note = decodeNote(stored.note);
      // Every look of this life is younger than its edit.
      const open = this.#add(stored, note ?? EMPTY_NOTE, true);
      if (!note) this.#end(open, "failed", "what was stored of it can't be read by this version");
    }
  }

  /** Stores it; its edit comes right after. A crash between the two is a job that somebody took back. */
  begin(job: NewJob): string {
    const note = { ...EMPTY_NOTE, ...job.note };
    const { kind, apps, actor, request, undo } = job;
    const id = this.#newId(kind);
    const createdAt = this.#by.clock.now();
    const facts = { id, kind, apps, actor, request, undo, note, createdAt };
    const stored: StoredJob = { ...facts, state: "running", reason: "", endedAt: null };
    this.#by.jobs.save(stored);
    this.#show(this.#add(stored, note, false));
    return id;
  }

  /** Ends one before any look has seen it: there was nothing to do, or its edit failed. */
  close(id: string, state: "done" | "failed", reason: string): JobView {
    const open = this.#open.get(id);
    if (open) this.#end(open, state, reason);
    return this.view(id);
  }

  /** The newest wish for an app counts: what was asked for it before is over. */
  supersede(apps: readonly string[], by: string, except: string | null): void {
    for (const open of this.#open.values()) {
      const { id, kind } = open.stored;
      const touched = open.stored.apps.filter((app) => apps.includes(app));
      if (id === except || touched.length === 0) continue;
      const dropped = [...new Set([...open.note.dropped, ...touched])];
      // The rest of what shall go is still to go, and its data with it.
      if (kind === "uninstall" && dropped.length < open.stored.apps.length) this.#remember(open, { dropped });
      else this.#end(open, "cancelled", `superseded by ${by}`);
    }
  }

  /** Every job that runs, judged by a look. */
  see(sight: JobSight): void {
    this.#sight = sight;
    for (const open of this.#open.values()) {
      const job = { kind: open.stored.kind, apps: open.stored.apps, note: open.note };
      open.known ||= knowsOf(job, sight) || sight.now - open.stored.createdAt > UNKNOWN_FOR;
      if (open.known) this.#act(open, judgeJob(job, sight), sight.now);
    }
  }

  /** Says it again where something besides a look has changed it, such as an engine that is away. */
  retell(): void {
    for (const open of this.#open.values()) this.#show(open);
  }

  /** ARC_JOB_UNKNOWN. */
  view(id: string): JobView {
    const open = this.#open.get(id);
    if (open) return this.#viewOf(open);
    const stored = this.#by.jobs.get(id);
    if (!stored) throw new ArcError("ARC_JOB_UNKNOWN", `there is no job ${id}`);
    return endedView(stored);
  }

  list(query: JobQuery): readonly JobView[] {
    return this.#by.jobs.list(query).map(({ id }) => this.view(id));
  }

  /** Those that run and concern an app. */
  runningOf(app: string): readonly JobView[] {
    return [...this.#open.values()].filter(({ stored }) => stored.apps.includes(app)).map((open) => this.#viewOf(open));
  }

  /** ARC_JOB_UNKNOWN, ARC_JOB_FIXED, ARC_NODE_INVALID. */
  async cancel(id: string, actor: string): Promise<JobView> {
    // Whether there is a way back is asked of the world as it is.
    if (this.#open.has(id) && this.#by.away() === null) await this.#by.loop.freshLook().catch(() => undefined);
    const open = this.#open.get(id);
    const { fixed } = open ? this.#viewOf(open) : this.view(id);
    if (!open || fixed !== null)
      throw new ArcError("ARC_JOB_FIXED", `${id} can't be cancelled: ${fixed ?? "it is over"}`);
    const edits = decodeUndo(open.stored.undo).filter(({ path }) => !open.note.dropped.includes(path[1] ?? ""));
    await this.#takeBack(open.stored, edits);
    // It may have ended while node.yml was written; then that is how it ended.
    if (this.#open.has(id)) this.#end(open, "cancelled", `taken back by the owner (${actor})`);
    this.#by.loop.poke("now");
    return this.view(id);
  }

  /** Of an adoption not while a step is done: the one that commits it would make it final. ARC_JOB_FIXED once it is. */
  async #takeBack({ id, kind, apps }: StoredJob, edits: readonly NodeEdit[]): Promise<void> {
    const edit = async (): Promise<void> => {
      if (edits.length > 0) await this.#by.nodeFile.edit(edits);
    };
    if (kind !== "adopt") return edit();
    for (const app of apps) {
      await this.#by.loop.exclusively(appId(app), async () => {
        if (await this.#by.adopter.isTaken(appId(app)))
          throw new ArcError("ARC_JOB_FIXED", `${id} can't be cancelled: ${app} is taken over; uninstall ends it`);
        // In this order: with the app still wanted and no record, another container would be made beside it.
        await edit();
        await this.#by.adopter.release(appId(app));
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    this.#again?.timer[Symbol.dispose]();
    this.#pulse?.[Symbol.dispose]();
    await Promise.all([...this.#open.values()].flatMap(({ moving }) => moving ?? []));
  }

  #act(open: Open, judgement: Judgement, now: number): void {
    // While its data is being taken away nobody else does anything about the app, and it looks idle.
    if (open.moving !== null) return this.#show(open);
    open.judgement = judgement;
    const lost = judgement.kind === "over" && judgement.state === "failed";
    if (!lost) open.lostSince = null;
    if (judgement.kind === "over") {
      open.lostSince ??= now;
      if (!lost || now - open.lostSince >= DOUBT) return this.#end(open, judgement.state, judgement.reason);
      this.#lookAgain(DOUBT);
    }
    if (judgement.kind === "running" && judgement.lookAt !== null) this.#lookAgain(judgement.lookAt - now);
    if (judgement.kind === "move" && !this.#life.signal.aborted)
      open.moving ??= this.#move(open, judgement.app).finally(() => {
        open.moving = null;
      });
    this.#show(open);
  }

  async #move(open: Open, app: string): Promise<void> {
    const { createdAt, actor } = open.stored;
    const { purge, moving: again } = open.note;
    const onMoving = (): void => this.#remember(open, { moving: true });
    const { signal } = this.#life;
    const move = { app, purge, since: createdAt, actor, again, signal, onMoving };
    try {
      const said = await moveData(this.#by, this.#by.loop, move);
      if (said !== null) this.#remember(open, { moved: { ...open.note.moved, [app]: said } });
      this.#by.loop.poke("now");
    } catch (thrown) {
      // The next life of the daemon goes on with it.
      if (signal.aborted) return;
      const error = ArcError.from(thrown);
      this.#by.log.warn({ app, code: error.code }, `its data can't be taken away: ${error.message}`);
      this.#end(open, "failed", `${app} is gone; its data can't be taken away and stays: ${error.message}`);
    }
  }

  #lookAgain(ms: number): void {
    const due = this.#by.clock.now() + ms;
    if (this.#again && this.#again.due <= due) return;
    this.#again?.timer[Symbol.dispose]();
    const timer = this.#by.clock.timer(ms, () => {
      this.#again = null;
      this.#by.loop.poke("now");
    });
    this.#again = { due, timer };
  }

  #add(stored: StoredJob, note: JobNote, known: boolean): Open {
    const open: Open = { stored, note, judgement: null, known, lostSince: null, moving: null, shown: "" };
    this.#open.set(stored.id, open);
    return open;
  }

  #remember(open: Open, change: Partial<JobNote>): void {
    open.note = { ...open.note, ...change };
    open.stored = { ...open.stored, note: open.note };
    if (this.#open.has(open.stored.id)) this.#by.jobs.save(open.stored);
  }

  #end(open: Open, state: "done" | "failed" | "cancelled", reason: string): void {
    const { id } = open.stored;
    if (!this.#open.delete(id)) return;
    const endedAt = this.#by.clock.now();
    const ended: StoredJob = { ...open.stored, state, reason: this.#by.redact(reason), endedAt };
    this.#by.jobs.save(ended);
    this.#by.tell(endedView(ended));
    for (const entry of jobEntries(ended)) this.#by.history.append(entry);
  }

  #show(open: Open): void {
    const view = this.#viewOf(open);
    const text = JSON.stringify(view);
    if (open.shown !== text) this.#by.tell(view);
    open.shown = text;
    // No look tells how far a fetch is.
    if (view.phase === "fetch")
      this.#pulse ??= this.#by.clock.timer(PULSE, () => {
        this.#pulse = null;
        this.retell();
      });
  }

  #viewOf({ stored, note, judgement }: Open): JobView {
    const job = { kind: stored.kind, apps: stored.apps, note };
    const now = this.#sight && { ...this.#sight, fetching: this.#by.loop.fetchProgress() };
    const view = runningView(stored, judgement, fixedFor(job, now), this.#by.away());
    const progress = now && view.phase === "fetch" ? fetchProgressOf(job.apps, now) : view.progress;
    return { ...view, progress, reason: this.#by.redact(view.reason) };
  }

  #newId(kind: JobKind): string {
    for (;;) {
      const id = `${kind}-${Buffer.from(this.#by.random.bytes(3)).toString("hex")}`;
      if (!this.#by.jobs.get(id)) return id;
    }
  }
}
