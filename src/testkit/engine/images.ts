import { ArcError } from "../../core/errors/arc-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CreateRequest, HealthResult } from "../../ports/engine.ts";
import { SERVE, type Behaviour } from "./behaviour.ts";

/** An image as a test describes it. Times in ms. */
export interface ImageConfig {
  /** On this machine already. */
  readonly present: boolean;
  /** What a pull does; absent: the registry does not know the image. "hangs": it never answers. */
  readonly pull?: { readonly takes?: number | "hangs"; readonly error?: string };
  /** What a build of this tag does. */
  readonly build?: { readonly takes?: number | "hangs"; readonly error?: string };
  /** What containers made of it do; may depend on how they were made. */
  readonly behaviour: Behaviour | ((request: CreateRequest) => Behaviour);
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it writes to stdout at each start. */
  readonly logs: readonly string[];
  /** What its health command answers once it is ready. */
  readonly health: HealthResult;
}

const PLAIN: ImageConfig = {
  present: true,
  behaviour: SERVE,
  entrypoint: [],
  command: [],
  env: {},
  logs: [],
  health: { exitCode: 0, output: "" },
};

/** The image store and the registry behind it. */
export class SimulatedImages {
  readonly #images = new Map<string, ImageConfig>();
  readonly #ids = new Map<string, string>();
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
    if (!next.present) this.#ids.delete(reference);
  }

  /** What a reference that was never described is; null (the default): no registry knows it. */
  otherwise(config: Partial<ImageConfig> | null): void {
    this.#unknown = config && { ...PLAIN, present: false, pull: {}, ...config };
  }

  has(reference: string): boolean {
    return this.config(reference)?.present ?? false;
  }

  config(reference: string): ImageConfig | null {
    return this.#images.get(reference) ?? this.#unknown;
  }

  /** The image's id; the empty text where it is not here. */
  id(reference: string): string {
    if (!this.has(reference)) return "";
    return this.#ids.get(reference) ?? this.#stamp(reference);
  }

  /** As `podman rmi`. */
  remove(reference: string): void {
    if (this.has(reference)) this.set(reference, { present: false });
  }

  /** Ends with the signal: the service gives up a pull whose client has left. */
  async pull(reference: string, progress: (line: string) => void, signal: AbortSignal): Promise<void> {
    const config = this.config(reference);
    progress(`Trying to pull ${reference}...`);
    await this.#take(config?.pull?.takes ?? 0, signal);
    const error = config?.pull ? config.pull.error : "manifest unknown";
    if (error !== undefined) {
      throw new ArcError("ARC_IMAGE_PULL", `initializing source docker://${reference}: ${error}`);
    }
    this.set(reference, { ...config, present: true });
  }

  /** The tag then names what was built; its behaviour is what was described for it. */
  async build(tag: string, progress: (line: string) => void, signal: AbortSignal): Promise<void> {
    const { build } = this.#images.get(tag) ?? PLAIN;
    progress("STEP 1/1: FROM scratch");
    await this.#take(build?.takes ?? 0, signal);
    if (build?.error !== undefined) throw new ArcError("ARC_IMAGE_BUILD", build.error);
    this.set(tag, { present: true });
    this.#stamp(tag);
    progress(`Successfully tagged ${tag}`);
  }

  #stamp(reference: string): string {
    const id = (++this.#made).toString(16).padStart(64, "a");
    this.#ids.set(reference, id);
    return id;
  }

  #take(ms: number | "hangs", signal: AbortSignal): Promise<void> {
    if (ms === "hangs") return new Promise(() => {});
    return ms > 0 ? this.#clock.sleep(ms, signal) : Promise.resolve();
  }
}
