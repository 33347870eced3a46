import { join } from "node:path";

/** Where everything of one node lies. Absolute paths. */
export interface HomeLayout {
  readonly home: string;
  /** The desired state; a person may edit it. */
  readonly nodeFile: string;
  readonly secrets: string;
  /** One folder an app; no reconcile ever removes one. */
  readonly data: string;
  /** The folders that the running apps were last committed from. */
  readonly accepted: string;
  /** The last node.yml that was valid. */
  readonly keptNodeFile: string;
  readonly rendered: string;
  /** History and jobs; may be lost. */
  readonly database: string;
  readonly trash: string;
  /** What lives as long as a daemon does. */
  readonly run: string;
  readonly socket: string;
  readonly nodeId: string;
  /** Held by the daemon as long as it lives; see lockHome. */
  readonly lock: string;
}

/** The layout below `home`, an absolute path. Pure. */
export function homeLayout(home: string): HomeLayout {
  const run = join(home, "run");
  return {
    home,
    nodeFile: join(home, "node.yml"),
    secrets: join(home, "secrets"),
    data: join(home, "data"),
    accepted: join(home, "accepted"),
    keptNodeFile: join(home, "accepted", "node.yml"),
    rendered: join(home, "rendered"),
    database: join(home, "state.db"),
    trash: join(home, "trash"),
    run,
    socket: join(run, "archipelago.sock"),
    nodeId: join(home, "node-id"),
    lock: join(run, "daemon.lock"),
  };
}
