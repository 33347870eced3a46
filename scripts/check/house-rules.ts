import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { wrongImports, type Violation } from "./architecture.ts";
import { impurities } from "./purity.ts";
import { untidiness } from "./tidiness.ts";

/** As in .gitignore; read from the disk and not from git, which a build machine may lack. */
const NOT_OURS = new Set([".git", "node_modules", "dist", "coverage"]);

/** Everything below `root` that breaks a rule of the house. Binary files are left out. */
export function violations(root: string): readonly Violation[] {
  return filesBelow(root, "").flatMap((file) => {
    const content = readFileSync(path.join(root, file));
    return content.includes(0) ? [] : check(file, content.toString());
  });
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesBelow(root, name);
    return entry.isFile() && !entry.name.endsWith(".log") ? [name] : [];
  });
}

function check(file: string, text: string): readonly Violation[] {
  const code = file.endsWith(".ts") ? [...wrongImports(file, text), ...impurities(file, text)] : [];
  return [...code, ...untidiness(file, text)];
}

if (import.meta.main) {
  const found = violations(path.dirname(path.dirname(import.meta.dirname)));
  for (const { file, line, message } of found) console.log(`${file}:${line}: ${message}`);
  if (found.length > 0) process.exitCode = 1;
}
