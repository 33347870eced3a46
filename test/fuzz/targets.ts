import type { Target } from "./target.ts";
import { inspect, list, looks } from "./targets/engine-views.ts";
import { events } from "./targets/events.ts";
import { logFrames } from "./targets/log-frames.ts";
import { manifest } from "./targets/manifest.ts";
import { nodeEdit } from "./targets/node-edit.ts";
import { nodeFile } from "./targets/node-file.ts";
import { engineWords, progress } from "./targets/progress.ts";
import { rpcHttp } from "./targets/rpc-http.ts";
import { rpc } from "./targets/rpc.ts";
import { appRecord, jobRow, lastApplied } from "./targets/stored.ts";
import { template } from "./targets/template.ts";

/** All of them; `npm run fuzz` gives each its share of the inputs. */
export const TARGETS: readonly Target[] = [
  manifest,
  template,
  nodeFile,
  nodeEdit,
  rpc,
  rpcHttp,
  events,
  logFrames,
  list,
  inspect,
  looks,
  progress,
  engineWords,
  appRecord,
  jobRow,
  lastApplied,
];

/** Throws for a name that none has. */
export function targetNamed(name: string): Target {
  const found = TARGETS.find((target) => target.name === name);
  if (!found) throw new Error(`no target ${name}; there are ${TARGETS.map((target) => target.name).join(", ")}`);
  return found;
}
