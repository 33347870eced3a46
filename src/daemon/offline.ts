import { access } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { DirectoryFolderSource } from "../adapters/catalogue-dir/folder-source.ts";
import { homeLayout } from "../adapters/home/home-layout.ts";
import { nodeId } from "../adapters/home/node-id.ts";
import { YamlNodeFile } from "../adapters/node-file/node-file.ts";
import { diagnose, type Finding } from "../adapters/podman/doctor.ts";
import { gatherDoctorFacts } from "../adapters/podman/doctor-facts.ts";
import { PodmanService } from "../adapters/podman/podman-service.ts";
import { SystemRandom } from "../adapters/random/system-random.ts";
import { ArcError } from "../core/errors/arc-error.ts";
import type { Problem } from "../core/errors/problem.ts";
import { checkCatalogue } from "../core/manifest/check-catalogue.ts";
import { lintManifest } from "../core/manifest/lint-manifest.ts";
import type { AppFolder, Manifest } from "../core/manifest/manifest.ts";
import { parseManifest } from "../core/manifest/parse-manifest.ts";
import { viewPlan, type PlanView } from "../core/plan/plan-view.ts";
import { Reconciler } from "../engine/reconciler.ts";
import type { HistoryStore } from "../ports/history-store.ts";
import { assemble } from "./assemble.ts";
import { costOfLook } from "./cost-of-look.ts";
import type { DaemonOptions } from "./daemon-options.ts";
import { quietLog } from "./quiet-log.ts";

export type { Finding } from "../adapters/podman/doctor.ts";

const NO_HISTORY: HistoryStore = { append() {}, query: () => [], [Symbol.dispose]() {} };

/**
 * What a daemon on this home would do now. Changes nothing that a daemon or a container reads; makes the node's id and
 * key where a home has none yet, and starts Podman's service where none answers.
 */
export async function offlinePlan(options: DaemonOptions): Promise<PlanView> {
  const layout = homeLayout(options.home);
  try {
    await access(layout.home);
  } catch (error) {
    throw new ArcError("ARC_HOME", `there is no home at ${layout.home} yet; \`archipelago up\` makes one`, {
      cause: error,
    });
  }
  await using stack = new AsyncDisposableStack();
  const id = await nodeId(layout.nodeId, new SystemRandom());
  const { by, service, storeRoot } = assemble(
    options,
    layout,
    { history: NO_HISTORY, log: quietLog, nodeId: id },
    stack,
  );
  const signal = AbortSignal.timeout(60_000);
  await service.ensure(signal);
  await storeRoot.learn(by.engine, signal);
  const accepted = new DirectoryFolderSource(layout.accepted);
  const reconciler = stack.use(
    new Reconciler({
      ...by,
      // Beside a daemon that runs on this home, or none: what it keeps and recovers there is left alone.
      nodeFile: new YamlNodeFile(layout.nodeFile),
      accepted: { read: () => accepted.read(), accept: changesNothing, forget: changesNothing },
    }),
  );
  const look = await reconciler.preview((config) => config);
  return viewPlan(look.outlook.plan, costOfLook(look));
}

const changesNothing = (): Promise<never> => Promise.reject(new ArcError("ARC_INTERNAL", "a plan changes nothing"));

interface Validation {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The manifests that were looked at. */
  readonly checked: readonly string[];
}

/**
 * Checks manifests: the files named (each by the path of its manifest.yml), or a whole catalogue, and then how its apps
 * fit together. ARC_USAGE where a file named is no manifest of an app folder.
 */
export async function validateFiles(catalogueDir: string, files: readonly string[]): Promise<Validation> {
  const folders =
    files.length === 0
      ? [...(await new DirectoryFolderSource(catalogueDir).read()).values()]
      : await namedFolders(files);
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const valid: Manifest[] = [];
  for (const folder of folders) {
    const parsed = parseManifest(folder);
    if (!parsed.ok) {
      problems.push(...parsed.problems);
      continue;
    }
    valid.push(parsed.value);
    warnings.push(...lintManifest(parsed.value, folder));
  }
  if (files.length === 0)
    problems.push(...checkCatalogue(valid, new Map(folders.map((folder) => [folder.name, folder]))));
  return { problems, warnings, checked: folders.map(({ manifestFile }) => manifestFile) };
}

async function namedFolders(files: readonly string[]): Promise<readonly AppFolder[]> {
  const found: AppFolder[] = [];
  for (const file of files) {
    const folder = basename(file) === "manifest.yml" ? dirname(file) : file;
    const app = (await new DirectoryFolderSource(dirname(folder)).read()).get(basename(folder));
    if (!app) throw new ArcError("ARC_USAGE", `${file} is not the manifest.yml of an app's folder`);
    found.push(app);
  }
  return found;
}

/** What stands in the way of running containers here, and what to do about it. */
export async function diagnoseNode(options: DaemonOptions): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(30_000);
  const service = new PodmanService({ home: options.home, ...(options.socket !== null && { socket: options.socket }) });
  await service.find(signal);
  return diagnose(await gatherDoctorFacts(options.home, service.socket, signal));
}
