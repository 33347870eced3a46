import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Makes every generated file again; a file that is other than before was not current. */
const root = path.dirname(path.dirname(import.meta.dirname));
const FOLDERS = ["schema", "docs"];

const before = digests();
execFileSync("npm", ["run", "--silent", "generate"], { cwd: root, stdio: "inherit" });
const after = digests();

const stale = [...after].filter(([file, digest]) => before.get(file) !== digest).map(([file]) => file);
if (stale.length > 0) {
  console.log(`These files were not current; they are now, commit them:\n${stale.join("\n")}`);
  process.exitCode = 1;
}

function digests(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of FOLDERS.map((name) => path.join(root, name)).filter((name) => existsSync(name))) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      found.set(path.relative(root, file), createHash("sha256").update(readFileSync(file)).digest("hex"));
    }
  }
  return found;
}
