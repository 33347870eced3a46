import { chmod, lstat, rename, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";

/** What a unix address holds, its final NUL left out (sun_path on Linux). */
const MAX_PATH_BYTES = 107;

/**
 * Listens on a unix socket of mode 0600 and gives it back at dispose. The socket of a dead daemon is replaced; one that
 * answers is ARC_DAEMON_RUNNING. Two daemons that start in the same moment are told apart by the home's lock, not here.
 */
export async function listenUnix(server: Server, path: string): Promise<AsyncDisposable> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}`);
  if (Buffer.byteLength(draft) > MAX_PATH_BYTES)
    throw new ArcError("ARC_HOME", `${path} is too long for a unix socket.`, { hint: "Choose a shorter --home." });
  await refuseLive(path);
  await rm(draft, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(draft, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // It takes its real name only when its mode is right, so nobody can have connected before.
  await chmod(draft, 0o600);
  const { ino } = await lstat(draft);
  await rename(draft, path);
  return {
    async [Symbol.asyncDispose]() {
      // The name may be another daemon's by now; the inode says whose it is.
      if ((await inodeOf(path)) === ino) await rm(path, { force: true });
    },
  };
}

async function refuseLive(path: string): Promise<void> {
  let found;
  try {
    found = await lstat(path);
  } catch {
    return;
  }
  if (!found.isSocket())
    throw new ArcError("ARC_HOME", `${path} is there and is no socket.`, { hint: "Move that file away." });
  if (await answers(path)) throw new ArcError("ARC_DAEMON_RUNNING", `A daemon answers on ${path}.`);
}

/** Only "connection refused" proves that nobody listens; a full backlog or a refused permission does not. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT");
    });
  });
}

async function inodeOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).ino;
  } catch {
    return null;
  }
}
