import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { DaemonOptions } from "../daemon/daemon-options.ts";
import { connectNode } from "../rpc/client.ts";
import type { NodeApi } from "../rpc/node-api.ts";
import { socketPathOf } from "../rpc/socket-path.ts";
import type { CliIo } from "./io.ts";
import { Output } from "./output.ts";

/** Options that every verb takes, as commander gives them. */
export interface GlobalOptions {
  readonly home?: string;
  readonly apps?: string;
  readonly socket?: string;
  readonly listen?: string;
  readonly json?: true;
  /** false with --no-color. */
  readonly color: boolean;
}

/** What a verb works with. */
export interface CliContext {
  readonly io: CliIo;
  readonly out: Output;
  readonly options: DaemonOptions;
  /** The daemon of this home. Nothing is connected until it is asked something. */
  readonly node: NodeApi;
}

export function cliContext(io: CliIo, said: GlobalOptions): CliContext {
  const home = resolve(io.cwd, said.home ?? defaultHome(io));
  return {
    io,
    out: new Output(io, { json: said.json ?? false, colour: said.color }),
    options: {
      home,
      apps: resolve(io.cwd, said.apps ?? join(io.installDir, "apps")),
      socket: said.socket === undefined ? null : resolve(io.cwd, said.socket),
      listen: said.listen ?? null,
    },
    node: connectNode({ socketPath: socketPathOf(home) }),
  };
}

/** ARCHIPELAGO_HOME, else /var/lib/archipelago for root, else the XDG data directory. */
function defaultHome({ env, root }: CliIo): string {
  const said = env["ARCHIPELAGO_HOME"];
  if (said !== undefined && said !== "") return said;
  if (root) return "/var/lib/archipelago";
  const data = env["XDG_DATA_HOME"];
  // The specification: a relative path there counts as none.
  const base = data?.startsWith("/") ? data : join(env["HOME"] ?? homedir(), ".local", "share");
  return join(base, "archipelago");
}
