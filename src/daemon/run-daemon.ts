import { guardHome } from "../adapters/home/guard-home.ts";
import { lockHome } from "../adapters/home/home-lock.ts";
import { homeLayout } from "../adapters/home/home-layout.ts";
import { nodeId } from "../adapters/home/node-id.ts";
import { cleanHome, prepareHome } from "../adapters/home/prepare-home.ts";
import { EXIT_DIRECTORY, watchExits } from "../adapters/podman/exit-watch.ts";
import { PodmanRunLeftovers } from "../adapters/podman/run-leftovers.ts";
import { SystemRandom } from "../adapters/random/system-random.ts";
import { openState } from "../adapters/sqlite/state-store.ts";
import { watchPaths } from "../adapters/watch/watch-paths.ts";
import { ArcError } from "../core/errors/arc-error.ts";
import { repairAfterBoot } from "../engine/boot-repair.ts";
import { Adoptions } from "../engine/adoption.ts";
import { EngineLink } from "../engine/engine-link.ts";
import { Reconciler } from "../engine/reconciler.ts";
import type { Log } from "../ports/log.ts";
import type { Trash } from "../ports/trash.ts";
import { assemble } from "./assemble.ts";
import type { DaemonOptions } from "./daemon-options.ts";
import { serveNode } from "./http/serve-node.ts";
import { adopterOf } from "./jobs/adopter-of.ts";
import { NodeService } from "./node-service.ts";
import { quietLog } from "./quiet-log.ts";
import { tellingHistory } from "./telling-history.ts";

/**
 * Takes the home and reconciles until the signal fires. Throws ArcError: ARC_NOT_ROOT, ARC_HOME, ARC_DAEMON_RUNNING,
 * ARC_LISTEN. An engine that is away is no error: it is started, or waited for.
 */
export async function runDaemon(options: DaemonOptions, signal: AbortSignal): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new ArcError("ARC_NOT_ROOT", "containers of other users, their networks and folders need root");
  }
  const log = options.log ?? quietLog;
  const layout = homeLayout(options.home);
  await using stack = new AsyncDisposableStack();
  await prepareHome(layout);
  const lock = stack.use(await lockHome(layout.lock));
  await cleanHome(layout);

  const onError = (error: unknown): void => log.error({ error: String(error) }, "something failed outside of an app");
  const state = stack.use(openState(layout.database, { onError }));
  const { jobs, notice } = state;
  const history = tellingHistory(state.history);
  const random = new SystemRandom();
  const id = await nodeId(layout.nodeId, random);
  const made = { history, log, nodeId: id };
  const { by, service, trash, storeRoot } = assemble(options, layout, made, stack);
  // Before anything is asked of the engine: what it believes of an earlier boot would be taken for true.
  await repairAfterBoot({ ...by, leftovers: new PodmanRunLeftovers() }, signal);

  const life = new AbortController();
  const over = AbortSignal.any([signal, life.signal]);
  const reconciler = stack.use(new Reconciler(by));
  const link = new EngineLink({ ...by, service, hint: (when) => reconciler.poke(when) });
  reconciler.onFailure((error) => link.suspect(error));
  link.onChange((status) => {
    if (status.state === "available") void storeRoot.learn(by.engine, over);
  });
  const notices = notice === null ? [] : [notice];
  const home = options.home;
  const node = stack.use(
    new NodeService({
      by,
      reconciler,
      link,
      jobs,
      trash,
      adopter: adopterOf(new Adoptions(by, reconciler)),
      home,
      notices,
    }),
  );
  history.tell((entry) => node.tellHistory(entry));
  const served = stack.use(await serveNode(node, { home, listen: options.listen, random, onError }));
  stack.use(
    watchPaths(
      [
        { path: layout.nodeFile, label: "node.yml", recursive: false },
        { path: layout.secrets, label: "secrets", recursive: false },
        { path: options.apps, label: "catalogue", recursive: true },
        { path: layout.rendered, label: "rendered", recursive: true },
      ],
      () => reconciler.poke("soon"),
    ),
  );
  stack.defer(() => life.abort());
  log.info({ home: options.home, apps: options.apps, pid: process.pid }, "daemon started");
  options.onUp?.(served.addresses);
  const ends = [link.run(over), reconciler.run(over), followExits(reconciler, over, log), tidyTrash(trash, over, log)];
  await Promise.all([...ends, guardHome(lock, layout.lock, by.clock, over)]);
  log.info({}, "daemon stops; containers go on");
}

/** conmon's exit file tells an end at once; the engine's own event comes up to 250 ms later, and goes on where this fails. */
async function followExits(reconciler: Reconciler, signal: AbortSignal, log: Log): Promise<void> {
  try {
    for await (const id of watchExits(EXIT_DIRECTORY, signal)) reconciler.ended(id);
  } catch (error) {
    log.warn({ error: String(error) }, "exit files can't be watched; the engine's events tell of ends instead");
  }
}

/** What a crash left half deleted is deleted now; what can't be is tried again at the next start. */
async function tidyTrash(trash: Trash, signal: AbortSignal, log: Log): Promise<void> {
  try {
    await trash.recover(signal);
  } catch (error) {
    if (!signal.aborted) log.warn({ error: String(error) }, "the trash can't be tidied up");
  }
}
