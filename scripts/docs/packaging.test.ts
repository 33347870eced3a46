import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { formatProblem } from "../../src/core/errors/problem.ts";
import { checkCatalogue } from "../../src/core/manifest/check-catalogue.ts";
import type { Manifest } from "../../src/core/manifest/manifest.ts";
import { parseManifest } from "../../src/core/manifest/parse-manifest.ts";
import { parseNode } from "../../src/core/manifest/parse-node.ts";
import { appFolder } from "../../src/testkit/app-folder.ts";

const text = readFileSync(path.join(import.meta.dirname, "..", "..", "docs", "packaging.md"), "utf8");
const template = /```liquid\n(.*?)```/s.exec(text)?.[1] ?? "";
const manifests = [...text.matchAll(/```yaml\n# apps\/([a-z]+)\/manifest\.yml\n(.*?)```/gs)].map(
  ([, app = "", manifest = ""]) =>
    parseManifest(
      appFolder(app, { "manifest.yml": manifest, "bitcoin.conf.liquid": template, "ui/Containerfile": "FROM scratch" }),
    ),
);
const valid = manifests.flatMap((parsed): Manifest[] => (parsed.ok ? [parsed.value] : []));

test("every manifest of docs/packaging.md is valid", () => {
  expect(manifests.flatMap((parsed) => (parsed.ok ? [] : parsed.problems.map(formatProblem)))).toEqual([]);
  expect(manifests.length).toBeGreaterThan(5);
});

test("the two apps that need each other fit together", () => {
  const second = valid.findIndex(({ id }) => id === "electrs");
  expect(second).toBeGreaterThan(0);
  expect(checkCatalogue(valid.slice(second - 1, second + 1)).map(formatProblem)).toEqual([]);
});

test("its node.yml is valid", () => {
  const node = /```yaml\n# node\.yml\n(.*?)```/s.exec(text)?.[1] ?? "";
  expect(parseNode(node, "node.yml").ok).toBe(true);
  expect(node).not.toBe("");
});
