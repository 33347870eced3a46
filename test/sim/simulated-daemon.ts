import { adopterOf } from "../../src/daemon/jobs/adopter-of.ts";
import { NodeService } from "../../src/daemon/node-service.ts";
import type { Collaborators } from "../../src/engine/collaborators.ts";
import { Adoptions } from "../../src/engine/adoption.ts";
import { EngineLink } from "../../src/engine/engine-link.ts";
import { Reconciler } from "../../src/engine/reconciler.ts";
import type { JobStore } from "../../src/ports/job-store.ts";
import type { Trash } from "../../src/ports/trash.ts";

/** One daemon's life over the ports it is given, put together as the composition root does. */
export class SimulatedDaemon {
  readonly reconciler: Reconciler;
  readonly link: EngineLink;
  readonly service: NodeService;
  readonly #over = new AbortController();
  readonly #ran: Promise<unknown>;

  constructor(by: Collaborators, { jobs, trash }: { readonly jobs: JobStore; readonly trash: Trash }) {
    this.reconciler = new Reconciler(by);
    this.link = new EngineLink({
      engine: by.engine,
      service: { ensure: async (signal) => void (await by.engine.info(signal)) },
      clock: by.clock,
      history: by.history,
      log: by.log,
      hint: (when) => this.reconciler.poke(when),
    });
    this.reconciler.onFailure((error) => this.link.suspect(error));
    this.service = new NodeService({
      by,
      reconciler: this.reconciler,
      link: this.link,
      jobs,
      trash,
      adopter: adopterOf(new Adoptions(by, this.reconciler)),
      home: "/home/archy",
      notices: [],
    });
    this.#ran = Promise.all([this.link.run(this.#over.signal), this.reconciler.run(this.#over.signal)]);
  }

  /** As on SIGTERM: what is under way is given up, containers stay. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#ran;
    await this.service[Symbol.asyncDispose]();
    await this.reconciler[Symbol.asyncDispose]();
  }
}
