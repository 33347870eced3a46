import type { Loading } from "../../core/manifest/health-schema.ts";
import type { HealthResult } from "../../ports/engine.ts";
import type { ProbeResult } from "../../ports/prober.ts";
import { shortDetail } from "./detail.ts";
import { readLoading } from "./loading.ts";

/** Characters of an output that patterns see. */
const LONGEST_OUTPUT = 64 * 1024;

/** What the health command's end means: exit code 0 passes, unless its output says loading. Pure. */
export function judgeCommand({ exitCode, output }: HealthResult, loading: Loading | undefined): ProbeResult {
  const passes = exitCode === 0;
  const detail = shortDetail(output.trim() === "" ? `exit ${exitCode}` : `exit ${exitCode}: ${output}`);
  const found = readLoading(loading, { status: null, text: output.slice(0, LONGEST_OUTPUT), passes });
  if (found) return { outcome: "loading", detail, ...found };
  return { outcome: passes ? "pass" : "fail", detail };
}
