import type { DesiredContainer } from "../desired/desired.ts";
import { diffForeign } from "../diff/diff-spec.ts";
import { worstImpact, type DiffEntry } from "../diff/diff.ts";
import type { EngineView } from "../diff/field.ts";
import { pairMounts } from "../diff/read-mounts.ts";
import { dataAdvice } from "./data-advice.ts";
import type { Candidate } from "./find-candidates.ts";

/**
 * What taking a container over would mean. `equal`: nothing has to happen to it. `different`: a new generation takes its
 * place, with the same data. `data-risk`: a new generation would leave data behind, so it is refused.
 */
export type Verdict = "equal" | "different" | "data-risk" | "other-program" | "ours";

export interface Judgement {
  readonly verdict: Verdict;
  /** No value of a secret, and of the environment only what the manifest holds in plain. */
  readonly diff: readonly DiffEntry[];
  /** What it means, and what to do next. */
  readonly sentence: string;
}

/** A candidate against the app's container that it looks like, by what it is in effect. */
export function judgeAdoption(candidate: Candidate, desired: DesiredContainer, view: EngineView): Judgement {
  const { found, by, ours } = candidate;
  const { spec } = desired;
  if (ours) return { verdict: "ours", diff: [], sentence: `${found.name} is ours already.` };
  if (by === "name") {
    return {
      verdict: "other-program",
      diff: [{ path: "image", desired: spec.image, observed: found.image, origin: "outside", impact: "recreate" }],
      sentence: `${found.name} has a name like ${spec.app}'s and runs another program (${found.image}): it is never touched.`,
    };
  }
  const diff = diffForeign(spec, view);
  const asked = by === "image" ? `archipelago adopt ${spec.app} --from ${found.name}` : `archipelago adopt ${spec.app}`;
  if (diff.length === 0) {
    return {
      verdict: "equal",
      diff,
      sentence: `${found.name} is as the manifest says: \`${asked}\` restarts nothing.`,
    };
  }
  const paths = [...new Set(diff.map(({ path }) => path))];
  if (worstImpact(diff.map(({ impact }) => impact)) === "data-risk") {
    const risky = pairMounts(view, spec).filter(({ impact, same }) => impact === "data-risk" && !same);
    return { verdict: "data-risk", diff, sentence: risky.map((pair) => dataAdvice(candidate, pair)).join(" ") };
  }
  return {
    verdict: "different",
    diff,
    sentence: `${found.name} differs in ${listed(paths)}: \`${asked} --replace\` makes a new container in its place, on the same data.`,
  };
}

const MOST = 5;

function listed(paths: readonly string[]): string {
  const more = paths.length - MOST;
  return more > 0 ? `${paths.slice(0, MOST).join(", ")} and ${more} more` : paths.join(", ");
}
