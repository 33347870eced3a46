import { createHash } from "node:crypto";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { ErrorCode } from "../../core/errors/codes.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CreateRequest, HealthResult, PullProgress } from "../../ports/engine.ts";
import { SERVE, type Behaviour } from "./behaviour.ts";
import { digestIn, nameOf } from "./image-name.ts";

type Progress = (progress: PullProgress) => void;

/**
 * What a fetch does. `takes` in ms; "hangs": the registry never answers; "stalls": it does, and falls silent in the
 * middle. `code` is that of the failure, by default ARC_IMAGE_PULL or ARC_IMAGE_BUILD; `retryAfter` in ms.
 */
interface Fetch {
  readonly takes?: number | "hangs" | "stalls";
  readonly error?: string;
  readonly code?: ErrorCode;
  readonly retryAfter?: number;
  /** It goes well, and nothing is here under that name afterwards. */
  readonly vanishes?: boolean;
  /** How many layers a pull tells of; default 1. */
  readonly layers?: number;
}

/** An image as a test describes it. Times in ms. */
export interface ImageConfig {
  /** On this machine already. */
  readonly present: boolean;
  /** `sha256:...`; default: that of the reference, or one that is made of it. References of one digest are one image. */
  readonly digest?: string;
  /** What a pull does; absent: the registry does not know the image. */
  readonly pull?: Fetch;
  /** What a build of this tag does. */
  readonly build?: Fetch;
  /** The engine's words when a container shall be made of it, as ARC_ENGINE_REFUSED; null: it makes one. */
  readonly refuses: string | null;
  /** What containers made of it do; may depend on how they were made. */
  readonly behaviour: Behaviour | ((request: CreateRequest) => Behaviour);
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  readonly stopSignal: string;
  readonly volumes: readonly string[];
  /** Bytes. */
  readonly size: number;
  /** What it writes to stdout at each start. */
  readonly logs: readonly string[];
  /** What its health command answers once it is ready. */
  readonly health: HealthResult;
}

/** An image that nobody described further. */
export const PLAIN: ImageConfig = {
  present: true,
  behaviour: SERVE,
  entrypoint: [],
  command: [],
  env: {},
  user: "",
  workingDir: "",
  stopSignal: "",
  volumes: [],
  size: 10_000_000,
  logs: [],
  health: { exitCode: 0, output: "" },
  refuses: null,
};

/** An image on this machine. */
interface StoredImage {
  readonly id: string;
  readonly digest: string;
}

/** The image store and the registry behind it. */
export class SimulatedImages {
  readonly #images = new Map<string, ImageConfig>();
  /** By name; several names of one image have the same id. */
  readonly #here = new Map<string, StoredImage>();
  #unknown: ImageConfig | null = null;
  #made = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Describes an image; what is left out is: present, serves, healthy. Again: only what is given changes. */
  set(reference: string, config: Partial<ImageConfig> = {}): void {
    const next = { ...(this.#images.get(reference) ?? PLAIN), ...config };
    this.#images.set(reference, next);
    const digest = digestOf(reference, next);
    if (!next.present) this.#here.delete(nameOf(reference));
    else if (this.#here.get(nameOf(reference))?.digest !== digest) this.#bring(reference, digest);
  }

  /** What a reference that was never described is; null (the default): no registry knows it. */
  otherwise(config: Partial<ImageConfig> | null): void {
    this.#unknown = config && { ...PLAIN, present: false, pull: {}, ...config };
  }

  has(reference: string): boolean {
    return this.#stored(reference) !== null;
  }

  config(reference: string): ImageConfig | null {
    return this.#images.get(reference) ?? this.#twin(reference) ?? this.#unknown;
  }

  /** The image's id; the empty text where it is not here. */
  id(reference: string): string {
    return this.#stored(reference)?.id ?? "";
  }

  /** As `name@sha256:...`, for each name. */
  digests(id: string): readonly string[] {
    const entries = [...this.#here].filter(([, image]) => image.id === id);
    return [...new Set(entries.map(([name, { digest }]) => nameOf(`${name.split("@")[0] ?? ""}@${digest}`)))];
  }

  /** Ids of all that are here. */
  ids(): readonly string[] {
    return [...new Set([...this.#here.values()].map(({ id }) => id))];
  }

  names(id: string): readonly string[] {
    return [...this.#here].flatMap(([name, image]) => (image.id === id ? [name] : []));
  }

  /** Takes a name away, as `podman rmi`; the image goes with its last one. By `name:tag@digest`: both names. */
  remove(reference: string): void {
    const image = this.#stored(reference);
    for (const name of [nameOf(reference), reference.split("@")[0] ?? ""]) {
      if (image === null || this.#here.get(name)?.id !== image.id) continue;
      this.#here.delete(name);
      for (const [described, config] of this.#images) {
        if (nameOf(described) === name) this.#images.set(described, { ...config, present: false });
      }
    }
  }

  /** Ends with the signal: the service gives up a pull whose client has left. */
  async pull(reference: string, progress: Progress, signal: AbortSignal): Promise<void> {
    const config = this.config(reference);
    const { takes = 0, error, code, retryAfter = null, layers = 1 } = config?.pull ?? UNKNOWN;
    const tell = (line: string, done: number | null) =>
      progress({ line, asking: false, layers: done === null ? null : { done, known: layers } });
    progress({ line: `Trying to pull ${reference}...`, asking: true, layers: null });
    if (takes !== "hangs" && (error === undefined || takes === "stalls")) {
      tell("Getting image source signatures", null);
      tell("Copying blobs", 0);
    }
    await this.#take(takes, signal);
    if (error !== undefined) {
      throw new ArcError(code ?? "ARC_IMAGE_PULL", `initializing source docker://${reference}: ${error}`, {
        retryAfter,
      });
    }
    if (config?.pull?.vanishes !== true) this.set(reference, { ...config, present: true });
    tell("Writing manifest to image destination", layers);
  }

  /** The tag then names what was built; its behaviour is what was described for it. */
  async build(tag: string, progress: Progress, signal: AbortSignal): Promise<void> {
    const { takes = 0, error, code } = (this.#images.get(tag) ?? PLAIN).build ?? {};
    const tell = (line: string) => progress({ line, asking: false, layers: null });
    tell("STEP 1/1: FROM scratch");
    await this.#take(takes, signal);
    if (error !== undefined) throw new ArcError(code ?? "ARC_IMAGE_BUILD", error);
    this.set(tag, { present: true, digest: inventDigest(`${tag} ${this.#made}`) });
    tell(`Successfully tagged ${tag}`);
  }

  /** By its name, or else, for a reference with a digest, by that: as Podman finds it. */
  #stored(reference: string): StoredImage | null {
    const digest = digestIn(reference);
    const found = this.#here.get(nameOf(reference)) ?? this.#find((image) => image.digest === digest);
    if (found) return found;
    const config = this.#images.get(reference) ?? this.#unknown;
    return config?.present ? this.#bring(reference, digestOf(reference, config)) : null;
  }

  /** The name is then that of the image of this digest, which is a new one where none has it. */
  #bring(reference: string, digest: string): StoredImage {
    const image = this.#find((each) => each.digest === digest) ?? { id: this.#inventId(), digest };
    this.#here.set(nameOf(reference), image);
    return image;
  }

  #find(matches: (image: StoredImage) => boolean): StoredImage | undefined {
    return [...this.#here.values()].find(matches);
  }

  /** What was described under another name of the same digest. */
  #twin(reference: string): ImageConfig | undefined {
    const digest = digestIn(reference);
    if (digest === null) return undefined;
    return [...this.#images].find(([name, config]) => digestOf(name, config) === digest)?.[1];
  }

  #inventId(): string {
    return (++this.#made).toString(16).padStart(64, "a");
  }

  #take(ms: number | "hangs" | "stalls", signal: AbortSignal): Promise<void> {
    if (typeof ms === "string") return new Promise(() => {});
    return ms > 0 ? this.#clock.sleep(ms, signal) : Promise.resolve();
  }
}

const UNKNOWN: Fetch = { error: "manifest unknown", code: "ARC_IMAGE_NOT_FOUND" };

const digestOf = (reference: string, { digest }: ImageConfig): string =>
  digest ?? digestIn(reference) ?? inventDigest(reference);

const inventDigest = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
