import { ArcError } from "../../core/errors/arc-error.ts";
import { appId, planId } from "../../core/ids.ts";
import { JOB_KINDS } from "../../core/job/job.ts";
import { undoEdits } from "../../core/job/undo-edits.ts";
import { editNode, type NodeEdit } from "../../core/manifest/edit-node.ts";
import { viewPlan, type PlanView } from "../../core/plan/plan-view.ts";
import type { Collaborators } from "../../engine/collaborators.ts";
import type { Desire } from "../../engine/desire.ts";
import type { EngineLink } from "../../engine/engine-link.ts";
import type { Look } from "../../engine/look.ts";
import type { Reconciler } from "../../engine/reconciler.ts";
import type { Actor, DesiredEdit, EditResult } from "../../rpc/node-api.ts";
import { costOfLook } from "../cost-of-look.ts";
import type { Adopter } from "../jobs/adopter.ts";
import type { JobDesk } from "../jobs/job-desk.ts";
import { planEdit } from "./plan-edit.ts";
import type { PlannedEdit } from "./planned-edit.ts";
import type { TrashDoor } from "./trash-door.ts";

export interface EditDeskOptions {
  readonly by: Collaborators;
  readonly reconciler: Reconciler;
  readonly link: EngineLink;
  readonly jobs: JobDesk;
  readonly trash: TrashDoor;
  readonly adopter: Adopter;
}

/** Takes what people want, writes it into node.yml, and begins the job that follows it. */
export class EditDesk {
  readonly #with: EditDeskOptions;

  constructor(options: EditDeskOptions) {
    this.#with = options;
  }

  /** What would be done after such an edit. Changes nothing. */
  async preview(edit: DesiredEdit, look: Look): Promise<Look> {
    const { reconciler, adopter } = this.#with;
    const planned = await this.#plan(edit, look.desire);
    const [app] = edit.apps;
    if (edit.kind !== "adopt" || app === undefined) return reconciler.preview((config) => planned.apply(config));
    const change = await adopter.plan(appId(app), edit.from ?? [], edit.replace ?? false);
    return reconciler.preview((config) => planned.apply(config), { app, change });
  }

  /**
   * What fails before node.yml is written fails the call, and nothing was changed. What is wanted can be said while the
   * engine is away; it is done when the engine is back.
   */
  async edit(asked: DesiredEdit, actor: Actor): Promise<EditResult> {
    const { reconciler, jobs } = this.#with;
    const edit = { ...asked, apps: [...new Set(asked.apps)] };
    const desire = await reconciler.readDesire();
    this.#refuseWithoutNodeFile(desire);
    const planned = await this.#plan(edit, desire);
    const undo = await this.#undoOf(planned.edits);
    const remarks = [...planned.remarks, ...(await this.#prepare(edit, planned, desire, actor))];
    const kind = JOB_KINDS.find((known) => known === edit.kind);
    if (kind === undefined) {
      await this.#with.by.nodeFile.edit(planned.edits);
      // Trying again takes nothing back.
      if (edit.kind !== "retry") jobs.supersede(planned.changed, said(edit), null);
      return this.#answer(edit, planned, actor, null);
    }
    const apps = planned.changed.length > 0 ? planned.changed : edit.apps;
    const note = { wants: planned.wants, purge: edit.purge ?? false, remarks };
    const id = jobs.begin({ kind, apps, actor, request: edit, undo, note });
    if (planned.edits.length === 0) {
      jobs.close(id, "done", remarks.join("; "));
      return this.#answer(edit, planned, actor, id);
    }
    try {
      await this.#with.by.nodeFile.edit(planned.edits);
    } catch (error) {
      jobs.close(id, "failed", `node.yml could not be written: ${ArcError.from(error).message}`);
      throw error;
    }
    jobs.supersede(planned.changed, `${said(edit)} (${id})`, id);
    return this.#answer(edit, planned, actor, id);
  }

  async #plan(edit: DesiredEdit, desire: Desire): Promise<PlannedEdit> {
    const { config, catalogue, choices, records } = desire;
    const now = new Date(this.#with.by.clock.now()).toISOString();
    const leftovers = await this.#leftovers(edit, desire);
    return planEdit(edit, { config, catalogue, choices, records, leftovers, now });
  }

  /** Uninstall goes by what is there, wanted or not: by labels, by copies of ours, by data that is still there. */
  async #leftovers({ apps, kind }: DesiredEdit, desire: Desire): Promise<ReadonlySet<string>> {
    if (kind !== "uninstall") return new Set();
    const { reconciler, trash } = this.#with;
    const world = reconciler.last?.world;
    const here = [...(world?.own ?? []), ...(world?.unclear ?? [])].map(({ app }) => app);
    const left = await trash.withData(apps);
    return new Set([...here, ...desire.resolved.desired.forgotten, ...left]);
  }

  /** A fresh node.yml with this one wish would mean that everything else shall go. */
  #refuseWithoutNodeFile({ missing, resolved }: Desire): void {
    const { reconciler } = this.#with;
    const here = (reconciler.last?.world.own.length ?? 0) > 0 || resolved.desired.forgotten.length > 0;
    if (!missing || !here) return;
    throw new ArcError("ARC_NODE_INVALID", "node.yml is missing or empty, but apps of this node are here", {
      hint: "Put it back first: accepted/node.yml in the home is the last one that was valid.",
    });
  }

  /** ARC_NODE_INVALID where node.yml can't be edited so. */
  async #undoOf(edits: readonly NodeEdit[]): Promise<readonly NodeEdit[]> {
    const state = await this.#with.by.nodeFile.read();
    if (!state.valid) throw ArcError.fromProblems(state.problems);
    const edited = editNode(state.text, edits);
    if (!edited.ok) throw ArcError.fromProblems(edited.problems);
    return undoEdits(state.text, edits);
  }

  /** What has to be there before node.yml says so. Gives sentences for the job. */
  async #prepare(edit: DesiredEdit, { changed }: PlannedEdit, { config }: Desire, actor: Actor) {
    const { trash, adopter } = this.#with;
    if (edit.kind === "adopt") {
      for (const app of edit.apps) await adopter.adopt(appId(app), edit.from ?? [], edit.replace ?? false);
      return [];
    }
    if (edit.kind !== "install") return [];
    const fresh = changed.filter((app) => !Object.hasOwn(config.apps, app));
    // An adoption that broke off was another word than this one.
    for (const app of fresh) await adopter.release(appId(app));
    if (edit.restore === undefined || edit.restore === false) return trash.offers(fresh);
    await trash.restore(edit.apps, fresh, edit.restore === true ? null : edit.restore, actor);
    return [];
  }

  async #answer(edit: DesiredEdit, { changed }: PlannedEdit, actor: Actor, job: string | null): Promise<EditResult> {
    const { reconciler, jobs } = this.#with;
    for (const app of changed) this.#note(app, edit, actor, job);
    reconciler.poke("now");
    const plan = await this.#planNow(changed);
    // Only now: the look of the plan is the first that knows of it.
    return { changed, plan, job: job === null ? null : jobs.view(job) };
  }

  async #planNow(changed: readonly string[]): Promise<PlanView> {
    const { reconciler, link } = this.#with;
    if (link.status.state === "unavailable") {
      const reason = `the engine is unavailable: ${link.status.reason}`;
      const holds = changed.map((app) => ({ app: appId(app), kind: "wait", reason }) as const);
      return viewPlan({ id: planId(""), steps: [], holds });
    }
    const look = await reconciler.freshLook();
    return viewPlan(look.outlook.plan, costOfLook(look));
  }

  #note(app: string, edit: DesiredEdit, actor: Actor, job: string | null): void {
    const { history, clock } = this.#with.by;
    history.append({
      at: clock.now(),
      app,
      container: null,
      actor,
      action: `app.${edit.kind}`,
      reason: `the owner said ${edit.kind}`,
      result: "noted",
      detail: job ?? "",
      diff: [],
      duration: 0,
    });
  }
}

const said = ({ kind, apps }: DesiredEdit): string => `${kind} of ${apps.join(", ")}`;
