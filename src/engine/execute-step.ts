import type { AppSecrets, DesiredApp, DesiredContainer, RenderedContent } from "../core/desired/desired.ts";
import type { Manifest, AppFolder } from "../core/manifest/manifest.ts";
import { ArcError } from "../core/errors/arc-error.ts";
import type { Action, Op, Step } from "../core/plan/plan.ts";
import { LABEL, LAST_APPLIED_ANNOTATION } from "../core/spec/labels.ts";
import { encodeLastApplied } from "../core/spec/last-applied.ts";
import { decodeLiveRecord, encodeLiveRecord, type LiveRecord } from "../core/spec/live-record.ts";
import type { ContainerDetail } from "../core/observed/observed.ts";
import type { CreateRequest } from "../ports/engine.ts";
import type { Collaborators } from "./collaborators.ts";
import { EMPTY_RECORD } from "../core/record/app-record.ts";
import { commitRecord } from "../core/rollout/commit-record.ts";
import { lastLines } from "./last-lines.ts";
import type { RecordBook } from "./record-book.ts";
import type { Semaphore } from "./semaphore.ts";

/** What the steps of one app are done with: the desired state they were planned from, and its secret values. */
export interface StepContext {
  readonly by: Pick<
    Collaborators,
    "engine" | "processes" | "clock" | "rendered" | "dataDirs" | "accepted" | "secrets" | "nodeId" | "dataRoot"
  >;
  readonly book: RecordBook;
  /** null for an app that is no longer wanted, or can't be resolved. */
  readonly desired: DesiredApp | null;
  readonly secrets: AppSecrets | null;
  readonly chosen: { readonly manifest: Manifest; readonly folder: AppFolder } | null;
  /** Bounds creates and starts; stops wait out a grace and must not hold others up. */
  readonly mutations: Semaphore;
  /** The daemon ends. */
  readonly signal: AbortSignal;
}

/** Written as a lookup, so that the compiler sees that an op's executor takes that op's action. */
type ActionOf<O extends Op = Op> = { [K in O]: { readonly op: K } & Extract<Action, { readonly op: K }> }[O];
/** Those of an app's worker; the fetcher does the rest. */
type WorkerOp = Exclude<Op, "pull" | "build">;
type Execute<O extends Op> = (action: ActionOf<O>, step: Step, context: StepContext) => Promise<void>;

/** One executor for each op; it decides nothing. Each does again without harm what a crash left half done. */
const EXECUTORS: { readonly [O in WorkerOp]: Execute<O> } = {
  "create-network": ({ network }, _step, { by, mutations, signal }) => {
    const labels = { [LABEL.owner]: by.nodeId, ...(network.app !== null && { [LABEL.app]: network.app }) };
    return mutations.run(() => by.engine.createNetwork(network, labels, signal), signal);
  },
  "remove-network": ({ network }, _step, { by, mutations, signal }) =>
    mutations.run(() => by.engine.removeNetwork(network, signal), signal),
  create,
  start: ({ name }, _step, { by, mutations, signal }) => mutations.run(() => by.engine.start(name, signal), signal),
  stop: ({ name, grace }, _step, { by, signal }) => by.engine.stop(name, grace, signal),
  "end-process": async ({ stray, signal: name, grace }, _step, context) => {
    // The engine answers when it is done with the container: what somebody was just starting is no stray.
    if (await runs(stray.containerId, context)) return;
    const { by, signal } = context;
    await by.processes.end(stray, name.startsWith("SIG") ? name : `SIG${name}`, grace, signal);
  },
  kill: ({ name }, _step, { by, signal }) => by.engine.kill(name, "SIGKILL", signal),
  unpause: ({ name }, _step, { by, signal }) => by.engine.unpause(name, signal),
  remove: async ({ name, id, force }, step, { by, book, mutations, signal }) => {
    await mutations.run(() => by.engine.remove(id, { force }, signal), signal);
    await by.rendered.remove(step.app, name);
    await book.change(step.app, (before) => ({ ...before, adopted: before.adopted.filter((each) => each.id !== id) }));
  },
  "remove-image": async ({ image }, _step, { by, book, mutations, signal }) => {
    const drop = () => book.noteImages((before) => new Set([...before].filter((other) => other !== image)));
    try {
      await mutations.run(() => by.engine.removeImage(image, signal), signal);
    } catch (error) {
      // Somebody's container uses it under another name: it is theirs, and must not keep others from being removed.
      if (error instanceof ArcError && error.code === "ARC_ENGINE_CONFLICT") await drop();
      throw error;
    }
    await drop();
  },
  connect: ({ name, attachment }, _step, { by, mutations, signal }) =>
    mutations.run(() => by.engine.connect(name, attachment, signal), signal),
  disconnect: ({ name, network }, _step, { by, mutations, signal }) =>
    mutations.run(() => by.engine.disconnect(name, network, signal), signal),
  render: async ({ name }, step, context) => {
    const files = filesOf(step, context);
    await context.by.rendered.write(step.app, name, files);
    await writeRecord(step, name, context, []);
  },
  reload: async ({ name, signal }, step, context) => {
    const { by } = context;
    const { spec } = containerOf(step, context);
    const targets = spec.files
      .filter(({ onChange }) => onChange !== "restart" && onChange.signal === signal)
      .map(({ target }) => target);
    // Killed between write and signal, the record still says pending, and the next look signals again.
    await writeRecord(step, name, context, targets);
    await by.rendered.writeThrough(
      step.app,
      name,
      filesOf(step, context).filter(({ target }) => targets.includes(target)),
    );
    await by.engine.kill(name, signal.startsWith("SIG") ? signal : `SIG${signal}`, context.signal);
    await writeRecord(step, name, context, []);
  },
  accept: async ({ downtime }, step, { by, book, chosen, desired }) => {
    if (!chosen || !desired) throw new ArcError("ARC_INTERNAL", `${step.app} has no folder to accept`);
    // Not of a version that has failed, where its predecessor is noted as good.
    if (desired.acceptDue) await by.accepted.accept(chosen.folder);
    await book.change(step.app, (before) => commitRecord(before, desired, { at: by.clock.now(), downtime }));
  },
  quarantine: async ({ failed, reason }, step, { by, book, desired, signal }) => {
    const words = await Promise.all(
      failed.suspects.map(async ({ id, container, name, exitCode }) => {
        const lines = await lastLines(by, id, KEPT_WORDS, signal);
        return { container, name, exitCode, lines: lines.map(({ text }) => by.secrets.redact(text)) };
      }),
    );
    const { version, containers } = failed;
    // A clock that is behind the last retry must not let the same set be tried for ever.
    const at = Math.max(by.clock.now(), desired?.retriedAt ?? 0);
    const quarantine = { version, containers, reason: by.secrets.redact(reason), at, failed: words };
    await book.change(step.app, (before) => ({ ...before, quarantine }));
  },
  forget: async (_action, step, { by, book }) => {
    for (const name of await by.rendered.names(step.app)) await by.rendered.remove(step.app, name);
    await by.accepted.forget(step.app);
    // An adoption that was said meanwhile is no past: without its record a second container would be made beside it.
    await book.change(step.app, (before) => (before.adopted.some(({ taken }) => !taken) ? before : EMPTY_RECORD));
  },
};

/** Of each container of a generation that failed. */
const KEPT_WORDS = { lines: 200, bytes: 64 * 1024 };

/** Does one step. Throws ArcError. */
export function executeStep(step: Step, context: StepContext): Promise<void> {
  const { action } = step;
  if (action.op === "pull" || action.op === "build")
    throw new ArcError("ARC_INTERNAL", `${action.op} is the fetcher's to do`);
  return dispatch(action, step, context);
}

function dispatch<O extends WorkerOp>(action: ActionOf<O>, step: Step, context: StepContext): Promise<void> {
  return EXECUTORS[action.op](action, step, context);
}

/** Folders and files first: the engine mounts what is there. A name that is taken is looked at again by the next look. */
async function create(action: ActionOf<"create">, step: Step, context: StepContext): Promise<void> {
  const { by, desired, signal } = context;
  const container = containerOf(step, context);
  const { spec } = container;
  const { name, generation } = action;
  for (const mount of spec.mounts) {
    if (mount.kind === "data") await by.dataDirs.ensure(by.dataRoot, mount.source, spec.dataUid ?? null);
  }
  const files = filesOf(step, context);
  if (files.length > 0) {
    await by.rendered.write(step.app, name, files);
    await writeRecord(step, name, context, []);
  }
  const request: CreateRequest = {
    name,
    spec,
    secretEnv: context.secrets?.env.get(container.name) ?? {},
    files: files.map(({ target }) => ({ source: by.rendered.path(step.app, name, target), target })),
    labels: {
      ...spec.labels,
      [LABEL.owner]: by.nodeId,
      [LABEL.app]: step.app,
      [LABEL.container]: container.name,
      [LABEL.generation]: String(generation),
      [LABEL.version]: desired?.version ?? "",
      [LABEL.specHash]: container.hash,
    },
    annotations: { [LAST_APPLIED_ANNOTATION]: encodeLastApplied(container) },
  };
  await context.mutations.run(async () => {
    try {
      await by.engine.create(request, signal);
    } catch (error) {
      if (!(await isGhost(error, name, context))) throw error;
      await by.engine.remove(name, { force: true }, signal);
      await by.engine.create(request, signal);
    }
  }, signal);
}

/**
 * A create that was broken off can leave its name taken in Podman's storage by a container that no list shows. Only what
 * the engine itself does not know as a container is one; whatever else has the name is left alone.
 */
async function isGhost(error: unknown, name: string, context: StepContext): Promise<boolean> {
  if (!(error instanceof ArcError) || error.code !== "ARC_ENGINE_CONFLICT") return false;
  return (await inspect(name, context)) === null;
}

async function runs(ref: string, context: StepContext): Promise<boolean> {
  return (await inspect(ref, context))?.state === "running";
}

/** null: the engine knows no such container. */
async function inspect(ref: string, { by, signal }: StepContext): Promise<ContainerDetail | null> {
  try {
    return await by.engine.inspect(ref, signal);
  } catch (error) {
    if (error instanceof ArcError && error.code === "ARC_ENGINE_NOT_FOUND") return null;
    throw error;
  }
}

function containerOf(step: Step, { desired }: StepContext): DesiredContainer {
  const container = desired?.containers.find(({ name }) => name === step.container);
  if (!container)
    throw new ArcError(
      "ARC_INTERNAL",
      `${step.app} has no container ${step.container ?? "(none)"} to ${step.action.op}`,
    );
  return container;
}

function filesOf(step: Step, { secrets }: StepContext): readonly RenderedContent[] {
  return secrets?.files.get(step.container ?? "") ?? [];
}

/** Remembers on the disk what files were given; only those that a signal follows are ever read back. */
async function writeRecord(step: Step, name: string, context: StepContext, pending: readonly string[]): Promise<void> {
  const { spec, inputs } = containerOf(step, context);
  const live = spec.files.filter(({ onChange }) => onChange !== "restart");
  if (live.length === 0) return;
  const before = decodeLiveRecord(await context.by.rendered.readRecord(step.app, name));
  const record: LiveRecord = {
    // While a signal is due, the record keeps what was given before, so that a look in between still knows the origin.
    files:
      pending.length > 0
        ? before.files
        : Object.fromEntries(
            live.map((file) => [file.target, { digest: file.digest, inputs: inputs[`files.${file.target}`] ?? {} }]),
          ),
    pending,
  };
  await context.by.rendered.writeRecord(step.app, name, encodeLiveRecord(record));
}
