/** Labels by which a container is recognised even when every file of ours is gone. */
export const LABEL = {
  owner: "archipelago.owner",
  app: "archipelago.app",
  container: "archipelago.container",
  generation: "archipelago.generation",
  version: "archipelago.version",
  specHash: "archipelago.spec-hash",
} as const;

/** The last-applied spec rides here: inspect returns annotations, list does not. */
export const LAST_APPLIED_ANNOTATION = "archipelago.last-applied";
