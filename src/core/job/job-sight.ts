import type { AppEntry } from "../manifest/node-schema.ts";
import type { Hold, Step } from "../plan/plan.ts";
import type { AppStatus } from "../status/status.ts";

/** How much of an image is here; null: its registry does not say. */
export type FetchProgress = { readonly done: number; readonly known: number } | null;

/** What one look says of one app. */
export interface AppSight {
  readonly app: string;
  /** What node.yml says; null: it is not wanted. */
  readonly entry: Pick<AppEntry, "state" | "version" | "restarted_at"> | null;
  /** null: neither wanted nor known. */
  readonly status: AppStatus | null;
  readonly steps: readonly Step[];
  readonly holds: readonly Hold[];
  /** Its steps are being done at this moment. */
  readonly busy: boolean;
  /** Containers of it are here, or may be. */
  readonly present: boolean;
  /** May an older version run on data that a newer one has touched? null: nobody says. */
  readonly rollback: "safe" | "until-start" | "never" | null;
}

/** What one look says, as far as jobs are concerned. */
export interface JobSight {
  /** ms since the epoch. */
  readonly now: number;
  readonly apps: ReadonlyMap<string, AppSight>;
  /** By image: those that are being fetched. */
  readonly fetching: ReadonlyMap<string, FetchProgress>;
}

export const NOTHING_SEEN: Omit<AppSight, "app"> = {
  entry: null,
  status: null,
  steps: [],
  holds: [],
  busy: false,
  present: false,
  rollback: null,
};

export const sightOf = (sight: JobSight, app: string): AppSight => sight.apps.get(app) ?? { app, ...NOTHING_SEEN };

/** A step that can be done now. */
export const nextStep = ({ steps }: AppSight): Step | undefined => steps.find(({ waits }) => waits === null);
