import { expect, test } from "vitest";
import { made, planText, web } from "../../testkit/planned-node.ts";
import type { ResolvedOptions } from "../../testkit/resolved-node.ts";
import { LABEL, LAST_APPLIED_ANNOTATION } from "../spec/labels.ts";
import { identify, identifyAdopted, type OwnContainer } from "./own-container.ts";

const PLAIN: ResolvedOptions = { catalogue: { web: web() }, accepted: { web: web() } };

function madeOne(): OwnContainer {
  const [found] = made(PLAIN);
  if (!found) throw new Error("one container");
  return found;
}

/** It, as it would be with that hash and that annotation. */
function relabelled(hash: string, annotation: string): OwnContainer {
  const found = madeOne();
  const labels = { ...found.detail.labels, [LABEL.specHash]: hash };
  const detail = { ...found.detail, labels, annotations: { [LAST_APPLIED_ANNOTATION]: annotation } };
  return { ...found, ...identify(detail), detail };
}

const UNREADABLE = [
  ["nothing in it", "{}"],
  ["no JSON", "{"],
  ["an empty spec", '{"spec":{},"inputs":{}}'],
  ["lists of nothing", '{"spec":{"args":[],"files":[null],"mounts":[null]},"inputs":{}}'],
] as const;

test.each(UNREADABLE)(
  "an annotation of another version with %s says nothing, and breaks no look",
  (_case, annotation) => {
    const found = relabelled("v0:0123", annotation);
    expect(found.applied).toBeNull();
    expect(planText(PLAIN, [found])).toContain("- remove web");
  },
);

test.each(UNREADABLE)("nor does the record of an adopted container with %s", (_case, applied) => {
  const adoption = { id: "1", container: "main", generation: 1, version: "1.0", hash: "v0:0123", applied, taken: true };
  expect(identifyAdopted({ app: "web", adoption }).applied).toBeNull();
});

test("one of another version that can be read is taken on trust, and recreates nothing", () => {
  const found = relabelled("v0:0123", madeOne().detail.annotations[LAST_APPLIED_ANNOTATION] ?? "");
  expect(found.applied).not.toBeNull();
  expect(planText(PLAIN, [found])).toBe("nothing to do\n");
});
