import type { DesiredEdit, EditResult, JobView } from "../../src/rpc/node-api.ts";
import { appText } from "./apps.ts";
import { SimulatedNode, type SimulatedNodeOptions } from "./simulated-node.ts";

export const FAR = "example.org/far:1";
export const far = appText("far", {
  image: FAR,
  health: { readiness: { tcp: { port: 80 }, interval: "2s", failures: 30 } },
});
export const DATA = 3_200_000_000;

/** Its containers take eight seconds to stop. */
export const SLOW = "example.org/slow:1";
export const slow = (id: string): string => appText(id, { image: SLOW });

/** A node with these apps in its catalogue, of which only `apps` are wanted, after it has come up. */
export async function nodeWith(options: SimulatedNodeOptions): Promise<SimulatedNode> {
  const node = new SimulatedNode({ apps: {}, ...options });
  node.engine.images.set(SLOW, { behaviour: { does: "serve", stopTakes: 8_000 } });
  node.start();
  await node.settle();
  return node;
}

export const ask = (node: SimulatedNode, edit: DesiredEdit): Promise<EditResult> =>
  node.clock.run(node.daemon.service.edit(edit, undefined, "dashboard"));

export async function begin(node: SimulatedNode, edit: DesiredEdit): Promise<JobView> {
  const { job } = await ask(node, edit);
  if (!job) throw new Error("no job began");
  return job;
}

export const look = (node: SimulatedNode, { id }: JobView): Promise<JobView> =>
  node.clock.run(node.daemon.service.job(id));
export const cancel = (node: SimulatedNode, { id }: JobView): Promise<JobView> =>
  node.clock.run(node.daemon.service.cancelJob(id));

/** How the job ended. */
export async function end(node: SimulatedNode, job: JobView, limit = 60_000): Promise<JobView> {
  await node.until(() => node.jobs.get(job.id)?.state !== "running", limit);
  return look(node, job);
}

export async function slowPull(takes: number | "hangs" = 60_000): Promise<SimulatedNode> {
  const node = await nodeWith({ catalogue: { far } });
  node.engine.images.set(FAR, {
    present: false,
    pull: { takes, layers: 4 },
    behaviour: { does: "serve", readyAfter: 4_000 },
  });
  return node;
}
