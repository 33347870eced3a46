import { ArcError } from "../../core/errors/arc-error.ts";

/** Podman's service: the process that answers. Containers live on without it. */
export class Service {
  #life = new AbortController();
  #answers = true;

  /** Fires when this run of the service ends, with the error its clients then see. */
  get life(): AbortSignal {
    return this.#life.signal;
  }

  /** Throws ARC_ENGINE_UNAVAILABLE where nobody answers. */
  check(): void {
    if (!this.#answers) throw unavailable();
  }

  /** Every call fails from now on, those under way too. */
  goAway(): void {
    this.#answers = false;
    this.#life.abort(unavailable());
  }

  comeBack(): void {
    if (this.#life.signal.aborted) this.#life = new AbortController();
    this.#answers = true;
  }
}

const unavailable = (): ArcError =>
  new ArcError("ARC_ENGINE_UNAVAILABLE", "connect ECONNREFUSED: podman does not answer");
