import * as z from "zod";
import type { NodeEdit } from "../manifest/edit-node.ts";

const noteSchema = z
  .object({
    /** What node.yml says as long as the job counts, by app: for an update the version, for a restart the moment. */
    wants: z.record(z.string(), z.string()).readonly(),
    /** uninstall: the data is deleted. */
    purge: z.boolean(),
    /** uninstall: data began to be moved. From here on there is no way back. */
    moving: z.boolean(),
    /** uninstall: what became of each app's data, as a sentence. */
    moved: z.record(z.string(), z.string()).readonly(),
    /** uninstall: apps that somebody wants again. */
    dropped: z.array(z.string()).readonly(),
    /** For people, said when it is over: such as that the trash holds data of an earlier installation. */
    remarks: z.array(z.string()).readonly(),
  })
  .readonly();

/** What a job has to remember to go on in another life of the daemon. */
export type JobNote = z.output<typeof noteSchema>;

export const EMPTY_NOTE: JobNote = { wants: {}, purge: false, moving: false, moved: {}, dropped: [], remarks: [] };

const undoSchema = z.array(z.object({ path: z.array(z.string()).readonly(), value: z.unknown() })).readonly();

/** null: it can't be read, such as that of a later version. */
export function decodeNote(note: unknown): JobNote | null {
  const parsed = noteSchema.safeParse(note);
  return parsed.success ? parsed.data : null;
}

/** The edits of node.yml that take a job back; none where they can't be read. */
export function decodeUndo(undo: unknown): readonly NodeEdit[] {
  const parsed = undoSchema.safeParse(undo);
  return parsed.success ? parsed.data : [];
}
