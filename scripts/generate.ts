import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";

/** Runs every generator there is: each `scripts/generate-*.ts` writes its own files. */
for (const name of readdirSync(import.meta.dirname).toSorted()) {
  if (!/^generate-.+\.ts$/.test(name)) continue;
  execFileSync(process.execPath, [path.join(import.meta.dirname, name)], { stdio: "inherit" });
}
