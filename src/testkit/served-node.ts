import { join } from "node:path";
import { serveNode, type ServeOptions } from "../daemon/http/serve-node.ts";
import { connectNode } from "../rpc/client.ts";
import type { NodeApi } from "../rpc/node-api.ts";
import { socketPathOf } from "../rpc/socket-path.ts";
import { SeededRandom } from "./seeded-random.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface TestNode extends AsyncDisposable {
  readonly home: string;
  readonly socketPath: string;
  readonly addresses: readonly string[];
  /** A client on the unix socket. */
  readonly client: NodeApi;
  /** What the server reported as unexpected. */
  readonly errors: readonly unknown[];
}

/** Serves a node on a real unix socket in a fresh home: `await using served = await servedNode(api)`. */
export async function servedNode(api: NodeApi, options: Partial<ServeOptions> = {}): Promise<TestNode> {
  const folder = temporaryFolder();
  const home = join(folder.path, "home");
  const errors: unknown[] = [];
  const served = await serveNode(api, {
    home,
    listen: null,
    random: new SeededRandom(1),
    onError: (error) => errors.push(error),
    ...options,
  });
  const socketPath = socketPathOf(home);
  return {
    home,
    socketPath,
    addresses: served.addresses,
    client: connectNode({ socketPath }),
    errors,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
