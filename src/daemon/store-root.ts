import type { ContainerEngine } from "../ports/engine.ts";

/** Where the engine keeps its images: known as soon as it has been asked once. */
export class StoreRoot {
  #path: string | null = null;

  get path(): string | null {
    return this.#path;
  }

  /** Asks; an engine that is away is asked again the next time it comes. */
  async learn(engine: Pick<ContainerEngine, "info">, signal: AbortSignal): Promise<void> {
    try {
      const { graphRoot } = await engine.info(signal);
      this.#path = graphRoot === "" ? null : graphRoot;
    } catch {
      // The room for images is told later, then.
    }
  }
}
