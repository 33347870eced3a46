import * as z from "zod";

const hashes = z.record(z.string(), z.string()).readonly();

const failedContainerSchema = z
  .object({
    container: z.string(),
    /** Its name in the engine. */
    name: z.string(),
    /** null: it did not end by itself. */
    exitCode: z.int().nullable(),
    /** What it said last, oldest first; secrets are taken out. */
    lines: z.array(z.string()).readonly(),
  })
  .readonly();

const quarantineSchema = z
  .object({
    /** Container -> what was tried; see `trialOf`. */
    containers: hashes,
    version: z.string(),
    /** A sentence. */
    reason: z.string(),
    /** ms since the epoch. */
    at: z.int(),
    failed: z.array(failedContainerSchema).readonly(),
  })
  .readonly();

const adoptionSchema = z
  .object({
    /** The engine's id. */
    id: z.string(),
    container: z.string(),
    generation: z.int().min(1),
    version: z.string(),
    hash: z.string(),
    /** What it was found to be, in the form of the last-applied annotation; the hash vouches for it. */
    applied: z.string(),
    /** False: its app was not committed with it yet. Until then it is ours only as long as the app is wanted. */
    taken: z.boolean(),
  })
  .readonly();

const appRecordSchema = z
  .object({
    committed: z
      .object({
        version: z.string(),
        /** Container -> hash of the spec with which all of them did their work together. */
        containers: hashes,
        /** ms since the epoch. */
        at: z.int(),
        /** ms from the stop of the earlier generation until this one did its work; null: not measured. */
        downtime: z.int().nullable(),
        images: z.array(z.string()).readonly(),
        /** Of the generation before it. */
        previousImages: z.array(z.string()).readonly(),
      })
      .readonly()
      .nullable(),
    quarantine: quarantineSchema.nullable(),
    adopted: z.array(adoptionSchema).readonly(),
  })
  .readonly();

/** A set of specs that failed, with what its containers said last. */
export type Quarantine = z.output<typeof quarantineSchema>;
/** A foreign container that became ours by a person's word. It carries no labels of ours. */
export type Adoption = z.output<typeof adoptionSchema>;
/** What must not be forgotten of one app. Stands in a small file beside its accepted copy. */
export type AppRecord = z.output<typeof appRecordSchema>;

export const EMPTY_RECORD: AppRecord = { committed: null, quarantine: null, adopted: [] };

/** Nothing is to be remembered: there need not be a file. */
export const isEmptyRecord = ({ committed, quarantine, adopted }: AppRecord): boolean =>
  committed === null && quarantine === null && adopted.length === 0;

/** null: the text is no record. */
export function decodeAppRecord(text: string): AppRecord | null {
  try {
    const parsed = appRecordSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export const encodeAppRecord = (record: AppRecord): string => `${JSON.stringify(record, null, 2)}\n`;
