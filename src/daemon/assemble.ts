import { DirectoryAcceptedStore } from "../adapters/catalogue-dir/accepted-store.ts";
import { DirectoryFolderSource } from "../adapters/catalogue-dir/folder-source.ts";
import { SystemClock } from "../adapters/clock/system-clock.ts";
import { HostDataDirs } from "../adapters/data-dirs/data-dirs.ts";
import type { HomeLayout } from "../adapters/home/home-layout.ts";
import { HostDiskSpace } from "../adapters/disk-space/disk-space.ts";
import { HostFactSource } from "../adapters/host-facts/host-facts.ts";
import { KeptNodeFile } from "../adapters/node-file/kept-node-file.ts";
import { YamlNodeFile } from "../adapters/node-file/node-file.ts";
import { PodmanEngine } from "../adapters/podman/podman-engine.ts";
import { PodmanService } from "../adapters/podman/podman-service.ts";
import { readProcessLimits } from "../adapters/podman/process-limits.ts";
import { ProcPortTable } from "../adapters/port-table/port-table.ts";
import { HostProber } from "../adapters/probes/host-prober.ts";
import { ProcProcessTable } from "../adapters/process-table/process-table.ts";
import { SystemRandom } from "../adapters/random/system-random.ts";
import { DirectoryRecordStore } from "../adapters/record-dir/record-store.ts";
import { DirectoryRenderedFiles } from "../adapters/rendered-dir/rendered-files.ts";
import { DirectorySecretStore } from "../adapters/secrets-dir/secret-store.ts";
import { DirectoryTrash } from "../adapters/trash-dir/trash-dir.ts";
import type { Collaborators } from "../engine/collaborators.ts";
import type { HistoryStore } from "../ports/history-store.ts";
import type { Log } from "../ports/log.ts";
import type { Trash } from "../ports/trash.ts";
import type { DaemonOptions } from "./daemon-options.ts";
import { redactingLog } from "./redacting-log.ts";
import { StoreRoot } from "./store-root.ts";

interface Assembly {
  readonly by: Collaborators;
  readonly service: PodmanService;
  readonly trash: Trash;
  readonly storeRoot: StoreRoot;
}

/** Puts the real adapter behind every port. What must be given back goes onto the stack. */
export function assemble(
  options: DaemonOptions,
  layout: HomeLayout,
  made: { readonly history: HistoryStore; readonly log: Log; readonly nodeId: string },
  stack: AsyncDisposableStack,
): Assembly {
  const random = new SystemRandom();
  const secrets = new DirectorySecretStore(layout.secrets, random);
  const log = redactingLog(made.log, (text) => secrets.redact(text));
  const service = stack.use(
    new PodmanService({
      home: options.home,
      ...(options.socket !== null && { socket: options.socket }),
      log: (line) => log.debug({ from: "podman" }, line),
    }),
  );
  const engine = stack.use(
    new PodmanEngine({
      socket: () => service.socket,
      limits: readProcessLimits(),
      onRequest: (method, path, status, ms) =>
        log.debug({ method, path, status, ms: Math.round(ms) }, "engine request"),
      warn: (text) => log.warn({}, text),
    }),
  );
  const clock = new SystemClock();
  const storeRoot = new StoreRoot();
  const by: Collaborators = {
    ...made,
    log,
    engine,
    random,
    clock,
    facts: new HostFactSource({ dataDir: layout.data }),
    secrets,
    catalogue: new DirectoryFolderSource(options.apps),
    accepted: new DirectoryAcceptedStore(layout.accepted),
    nodeFile: new KeptNodeFile(new YamlNodeFile(layout.nodeFile), layout.keptNodeFile),
    records: new DirectoryRecordStore(layout.accepted),
    storeRoot: () => storeRoot.path,
    diskSpace: new HostDiskSpace({ data: layout.data, images: () => storeRoot.path, clock }),
    rendered: new DirectoryRenderedFiles(layout.rendered),
    dataDirs: new HostDataDirs(),
    processes: new ProcProcessTable(),
    portTable: new ProcPortTable(),
    prober: new HostProber(async (name, signal) => {
      const { exitCode, output } = await engine.healthcheck(name, signal);
      return { exitCode, output: secrets.redact(output) };
    }),
    dataRoot: layout.data,
  };
  return { by, service, trash: new DirectoryTrash({ data: layout.data, trash: layout.trash }), storeRoot };
}
