import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { DirectoryFolderSource } from "../src/adapters/catalogue-dir/folder-source.ts";
import { formatProblem } from "../src/core/errors/problem.ts";
import { checkCatalogue } from "../src/core/manifest/check-catalogue.ts";
import { lintManifest } from "../src/core/manifest/lint-manifest.ts";
import { parseManifest } from "../src/core/manifest/parse-manifest.ts";

const APPS = path.join(import.meta.dirname, "../apps");
const folders = await new DirectoryFolderSource(APPS).read();

test("the catalogue is every folder under apps/", () => {
  expect([...folders.keys()]).toEqual(readdirSync(APPS).toSorted());
  expect(folders.size).toBeGreaterThan(0);
});

test.each([...folders.values()])("apps/$name/manifest.yml parses, and lint finds nothing", (folder) => {
  const parsed = parseManifest(folder);
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([]);
  if (parsed.ok) expect(lintManifest(parsed.value, folder).map(formatProblem)).toEqual([]);
});

test("the apps fit together", () => {
  const manifests = [...folders.values()].flatMap((folder) => {
    const parsed = parseManifest(folder);
    return parsed.ok ? [parsed.value] : [];
  });
  expect(checkCatalogue(manifests, folders).map(formatProblem)).toEqual([]);
});
