import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { generatedPages } from "./pages.ts";

test.each(Object.entries(generatedPages()))("%s is current; if not, run scripts/generate-docs.ts", (file, text) => {
  expect(readFileSync(path.join(import.meta.dirname, "..", "..", file), "utf8")).toBe(text);
});
