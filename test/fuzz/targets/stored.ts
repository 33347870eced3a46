import { isDeepStrictEqual } from "node:util";
import { jobOf, rowOf } from "../../../src/adapters/sqlite/job-row.ts";
import { decodeNote, decodeUndo } from "../../../src/core/job/job-note.ts";
import { editNode } from "../../../src/core/manifest/edit-node.ts";
import { identifyAdopted } from "../../../src/core/observed/own-container.ts";
import { decodeAppRecord, encodeAppRecord } from "../../../src/core/record/app-record.ts";
import { canonicalSpec, SPEC_HASH_VERSION, specHash } from "../../../src/core/spec/canonical.ts";
import { decodeLastApplied, encodeLastApplied } from "../../../src/core/spec/last-applied.ts";
import { FIELDS } from "../../../src/core/diff/fields.ts";
import { mutateJson } from "../mutate-json.ts";
import { checkPlain, readJson } from "../plain-data.ts";
import { demand, target } from "../target.ts";

/** `accepted/<app>.json`, which a person or a full disk may have changed. */
export const appRecord = target("app-record", mutateJson, (input) => {
  const record = decodeAppRecord(input.toString("utf8"));
  if (!record) return;
  checkPlain(record);
  const again = decodeAppRecord(encodeAppRecord(record));
  demand(isDeepStrictEqual(again, record), "written and read again it is another record");
  for (const adoption of record.adopted) {
    const { applied } = identifyAdopted({ app: "lnd", adoption });
    // What is believed is read field by field in every look.
    for (const field of FIELDS) if (applied) field.fromSpec(applied.spec);
  }
});

/** A row of the table of jobs. */
export const jobRow = target("job-row", mutateJson, (input) => {
  const value = readJson(input)?.value;
  if (typeof value !== "object" || value === null) return;
  const job = jobOf(value as Readonly<Record<string, unknown>>);
  if (!job) return;
  const note = decodeNote(job.note);
  if (note) checkPlain(note);
  const undo = decodeUndo(job.undo);
  editNode("apps:\n  lnd: { state: running }\n", undo);
  const row = rowOf(job);
  const again = jobOf(row);
  demand(again !== null && isDeepStrictEqual(rowOf(again), row), "written and read again it is another job");
});

/** The annotation of a container, `{ annotation, hash }`: anybody may have made the container. */
export const lastApplied = target("last-applied", mutateJson, (input) => {
  const value = readJson(input)?.value;
  const annotation = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  demand(decodeLastApplied(annotation, `${SPEC_HASH_VERSION}:0`) === null, "a wrong hash is believed");
  const applied = decodeLastApplied(annotation, "v0:0");
  if (!applied) return;
  const hash = ownHash(applied.spec);
  if (hash === null) return;
  const again = decodeLastApplied(encodeLastApplied(applied), hash);
  demand(
    again !== null && canonicalSpec(again.spec) === canonicalSpec(applied.spec),
    "written and read again it is another",
  );
});

/** null where the spec has no canonical form: then no label can vouch for it. */
function ownHash(spec: Parameters<typeof specHash>[0]): string | null {
  try {
    return specHash(spec);
  } catch {
    return null;
  }
}
