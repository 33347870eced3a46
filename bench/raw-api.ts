import { createBody } from "../src/adapters/podman/create-body.ts";
import { readProcessLimits } from "../src/adapters/podman/process-limits.ts";
import { LABEL, LAST_APPLIED_ANNOTATION } from "../src/core/spec/labels.ts";
import { encodeLastApplied } from "../src/core/spec/last-applied.ts";
import { resolvedNode } from "../src/testkit/resolved-node.ts";
import type { Service } from "./services.ts";
import type { Stage } from "./stage.ts";

const AT_ONCE = 4;
const DEADLINE = 120_000;

/** What the daemon asks of the engine for one app of one container. */
interface RawApp {
  readonly network: object;
  readonly name: string;
  readonly create: object;
}

/**
 * The floor: the very requests that the daemon sends for these apps (network, create, start), by somebody who knows
 * them beforehand, looks at nothing, keeps nothing and pins no bridge. Four at a time.
 */
export async function startRaw(stage: Stage, apps: readonly RawApp[]): Promise<void> {
  const jobs = apps.values();
  const worker = async (): Promise<void> => {
    for (const { network, name, create } of jobs) {
      await post(stage, "/networks/create", network);
      await post(stage, "/containers/create", create);
      await post(stage, `/containers/${name}/start`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function post({ client }: Stage, path: string, body?: unknown): Promise<void> {
  await client.call("POST", path, { operation: "create", body, deadline: DEADLINE });
}

/** Made before the clock starts. */
export function rawRequests(apps: readonly Service[]): readonly RawApp[] {
  const { desired } = resolvedNode({ catalogue: Object.fromEntries(apps.map(({ id, manifest }) => [id, manifest])) });
  const context = { limits: readProcessLimits(), hostGateway: null };
  return desired.apps.map((app) => {
    const [container] = app.kind === "resolved" ? app.containers : [];
    if (!container) throw new Error(`${app.id} could not be resolved`);
    const name = `${app.id}.g1`;
    const labels = {
      [LABEL.owner]: "raw",
      [LABEL.app]: app.id,
      [LABEL.container]: container.name,
      [LABEL.generation]: "1",
      [LABEL.version]: "1.0.0",
      [LABEL.specHash]: container.hash,
    };
    const annotations = { [LAST_APPLIED_ANNOTATION]: encodeLastApplied(container) };
    const create = createBody({ name, spec: container.spec, secretEnv: {}, files: [], labels, annotations }, context);
    const network = {
      name: `archipelago-${app.id}`,
      driver: "bridge",
      dns_enabled: true,
      options: { isolate: "true" },
      labels: { [LABEL.owner]: "raw", [LABEL.app]: app.id },
    };
    return { network, name, create };
  });
}
