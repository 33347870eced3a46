import { writeFileSync } from "node:fs";
import path from "node:path";
import { generatedPages } from "./docs/pages.ts";

// Writes the reference pages under docs/. docs/pages.test.ts tells when they are out of date.
for (const [file, text] of Object.entries(generatedPages()))
  writeFileSync(path.join(import.meta.dirname, "..", file), text);
