import { ArcError } from "../core/errors/arc-error.ts";
import { fetchTrouble } from "../core/errors/fetch-trouble.ts";
import type { AppId } from "../core/ids.ts";
import type { Step } from "../core/plan/plan.ts";
import { isFetch } from "../core/plan/step.ts";
import type { PullProgress } from "../ports/engine.ts";
import type { Collaborators } from "./collaborators.ts";
import { fetchImage } from "./fetch-image.ts";
import type { MemoryBook } from "./memory-book.ts";
import type { RecordBook } from "./record-book.ts";
import { Semaphore } from "./semaphore.ts";
import { lastLineOf, recordStep } from "./step-record.ts";

const FETCHES_AT_ONCE = 2;

interface Fetch {
  readonly cancel: AbortController;
  readonly done: Promise<void>;
  progress: PullProgress | null;
}

type Sources = Pick<Collaborators, "engine" | "clock" | "random" | "secrets" | "history" | "log"> & {
  readonly book: RecordBook;
};

/**
 * Pulls and builds, by image and beside the apps' workers: an app whose next image comes for an hour is healed meanwhile,
 * and two apps that want the same one wait for one fetch.
 */
export class Fetcher {
  readonly #by: Sources;
  readonly #memory: MemoryBook;
  readonly #ended: () => void;
  readonly #semaphore = new Semaphore(FETCHES_AT_ONCE);
  readonly #running = new Map<string, Fetch>();

  /** `ended` is called when one is over, however. */
  constructor(by: Sources, memory: MemoryBook, ended: () => void) {
    this.#by = by;
    this.#memory = memory;
    this.#ended = ended;
  }

  /** Begins what the plan asks for, and gives up what it no longer asks for. */
  dispatch(steps: readonly Step[], signal: AbortSignal): void {
    const wanted = Map.groupBy(steps.filter(isFetch), imageOf);
    for (const [image, { cancel }] of this.#running) if (!wanted.has(image)) cancel.abort();
    for (const [image, group] of wanted) {
      const [step] = group;
      if (step && !this.#running.has(image)) this.#begin(image, step, new Set(group.map(({ app }) => app)), signal);
    }
  }

  /** Whether the plan asks for something that has not begun. */
  isDue(steps: readonly Step[]): boolean {
    return steps.some((step) => isFetch(step) && !this.#running.has(imageOf(step)));
  }

  /** Image -> how far it is; null: nothing can be told. */
  progress(): ReadonlyMap<string, { readonly done: number; readonly known: number } | null> {
    return new Map([...this.#running].map(([image, { progress }]) => [image, progress?.layers ?? null]));
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #begin(image: string, step: Step, apps: ReadonlySet<AppId>, over: AbortSignal): void {
    const cancel = new AbortController();
    const signal = AbortSignal.any([over, cancel.signal]);
    const done = this.#fetch(image, step, apps, signal)
      .catch((error: unknown) => {
        // Such as a history that can't be written.
        this.#by.log.error({ image }, `a fetch broke off: ${ArcError.from(error).message}`);
      })
      .then(() => {
        this.#running.delete(image);
        this.#ended();
      });
    this.#running.set(image, { cancel, done, progress: null });
  }

  async #fetch(image: string, step: Step, apps: ReadonlySet<AppId>, signal: AbortSignal): Promise<void> {
    const { engine, clock, random, secrets, book } = this.#by;
    const { action } = step;
    const at = clock.now();
    const progress = (word: PullProgress): void => {
      const fetch = this.#running.get(image);
      if (fetch) fetch.progress = word;
      this.#by.log.debug({ image }, word.line);
    };
    try {
      await fetchImage(image, { clock, fetches: this.#semaphore, progress, signal }, (options) =>
        action.op === "build" ? engine.build(action.build, image, options) : engine.pull(image, options),
      );
      if (!(await engine.imageExists(image, signal))) throw nothingThere(image, action.op);
      this.#memory.fetched(image);
      recordStep(step, { at, result: "ok", detail: "" }, this.#by);
      await book.noteImages((before) => new Set([...before, image]));
    } catch (thrown) {
      if (signal.aborted) return;
      const error = ArcError.from(thrown);
      const message = secrets.redact(error.message);
      recordStep(step, { at, result: "failed", detail: message }, this.#by);
      if (error.code === "ARC_ENGINE_UNAVAILABLE" && this.#firstBreakdown(apps, image)) return;
      const permanent = fetchTrouble(error.code) === "permanent";
      const now = clock.now();
      const retryAt = error.retryAfter === null ? undefined : now + error.retryAfter;
      const trouble = { error: lastLineOf(message), permanent, retryAt };
      this.#memory.fetchFailed(apps, image, trouble, now, random.fraction());
    }
  }

  /** The engine broke down over it: once is nobody's fault. */
  #firstBreakdown(apps: ReadonlySet<AppId>, image: string): boolean {
    return [...apps].map((app) => this.#memory.firstBreakdown(app, image)).every(Boolean);
  }
}

/** Such as a registry that answers with another name: to ask again at once would go on for ever. */
const nothingThere = (image: string, op: string): ArcError =>
  new ArcError(
    op === "build" ? "ARC_IMAGE_BUILD" : "ARC_IMAGE_PULL",
    `the engine says that it ${op === "build" ? "built" : "pulled"} ${image}, but has nothing of that name`,
  );

const imageOf = ({ action }: Step): string => ("image" in action ? action.image : "");
