/** How much a difference costs to put right, in rising order. */
export const IMPACTS = ["none", "live", "restart", "recreate", "data-risk"] as const;
export type Impact = (typeof IMPACTS)[number];

export function worstImpact(impacts: Iterable<Impact>): Impact {
  let worst = 0;
  for (const impact of impacts) worst = Math.max(worst, IMPACTS.indexOf(impact));
  return IMPACTS[worst] ?? "none";
}

/**
 * Who made a difference. `outside`: somebody changed the engine or a rendered file behind our back. The rest changed
 * what is wanted: the manifest, node.yml, a fact, a setting, a secret, or a field that a required app provides.
 */
export type Origin =
  | "outside"
  | "manifest"
  | "node"
  | `fact:${string}`
  | `setting:${string}`
  | `secret:${string}`
  | `requires:${string}`;

/** One field that is not as it should be. Values are texts for people; a secret's value is never among them. */
export interface DiffEntry {
  /** `env.LND_RESTCORS`, `networks.bitcoin`, `state`. */
  readonly path: string;
  /** null: should not be there. */
  readonly desired: string | null;
  /** null: is not there. */
  readonly observed: string | null;
  readonly origin: Origin;
  readonly impact: Impact;
  /** What the origin's value was and is, where it is a fact or a setting. */
  readonly cause?: { readonly from: string; readonly to: string };
}
