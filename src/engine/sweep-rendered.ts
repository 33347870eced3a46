import { ArcError } from "../core/errors/arc-error.ts";
import type { AppId } from "../core/ids.ts";
import type { Collaborators } from "./collaborators.ts";
import type { Look } from "./look.ts";

/**
 * Removes what was rendered for containers that are gone: a kill between the removal of a container and that of its
 * folder leaves one behind, and so does a removal by hand. It may hold a secret. Done for each app that is at rest, once
 * at the start and once after each time that something was done about it.
 */
export class RenderedSweep {
  readonly #by: Pick<Collaborators, "rendered" | "log">;
  readonly #swept = new Set<AppId>();

  constructor(by: Pick<Collaborators, "rendered" | "log">) {
    this.#by = by;
  }

  /** Something is being done about the app. */
  begun(app: AppId): void {
    this.#swept.delete(app);
  }

  async after({ world, outlook }: Look): Promise<void> {
    const names = new Set(world.containers.map(({ name }) => name));
    for (const [app, { steps }] of outlook.apps) {
      if (this.#swept.has(app) || world.busy.has(app) || steps.length > 0) continue;
      this.#swept.add(app);
      await this.#sweep(app, names);
    }
  }

  async #sweep(app: AppId, names: ReadonlySet<string>): Promise<void> {
    const { rendered, log } = this.#by;
    try {
      for (const name of await rendered.names(app)) if (!names.has(name)) await rendered.remove(app, name);
    } catch (error) {
      log.warn(
        { app },
        `what was rendered for containers that are gone can't be removed: ${ArcError.from(error).message}`,
      );
    }
  }
}
