import type { Logger } from "pino";

/** What a person may say about where a daemon works. Paths are absolute. */
export interface DaemonOptions {
  /** The one directory that holds everything: node.yml, secrets, data, run/archipelago.sock. */
  readonly home: string;
  /** The catalogue: a directory of app folders. */
  readonly apps: string;
  /** Podman's API socket; null: find one, or supervise a service of our own. */
  readonly socket: string | null;
  /** A loopback TCP address to listen on besides the unix socket, such as `127.0.0.1:7700`; null: none. */
  readonly listen: string | null;
  /** Where the daemon logs; absent: nowhere. */
  readonly log?: Logger;
  /** Called once, when the API answers, with the addresses it answers on. */
  readonly onUp?: (addresses: readonly string[]) => void;
}
