import { expect, test } from "vitest";
import { parse } from "yaml";
import { manifestSchema } from "../../src/core/manifest/manifest-schema.ts";
import { nodeSchema } from "../../src/core/manifest/node-schema.ts";
import { manifestPage, MORE_EXAMPLES, MORE_NODE_EXAMPLES } from "./manifest-page.ts";

test("the page's own examples are valid", () => {
  const head = { id: "x", name: "X", version: "1" };
  expect(manifestSchema.safeParse({ ...head, ...Object(parse(MORE_EXAMPLES)) }).error).toBeUndefined();
  expect(nodeSchema.safeParse(parse(MORE_NODE_EXAMPLES)).error).toBeUndefined();
});

test("every field of a plain kind has an example", () => {
  const rows = manifestPage()
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| Field") && !line.startsWith("| ---"))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  const plain = rows.filter(([, , kind = ""]) => !/map|list|names|probe|^container$/.test(kind));
  expect(plain.length).toBeGreaterThan(80);
  expect(plain.filter(([, , , , , example]) => example === "").map(([, field]) => field)).toEqual([]);
});
