import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * The base image that the catalogue's UI apps are built on, such as `docker.io/library/nginx:1.30.4`, as their
 * Containerfiles name it. Throws where they do not agree: one stand-in must serve them all.
 */
export function baseImageReference(apps: string): string {
  const found = new Set<string>();
  for (const app of readdirSync(apps)) {
    const containerfile = path.join(apps, app, "ui", "Containerfile");
    const from = /^FROM (\S*\/nginx:\S+)$/m.exec(readOrEmpty(containerfile))?.[1];
    if (from !== undefined) found.add(from);
  }
  const [reference, ...others] = found;
  if (reference === undefined) throw new Error(`no Containerfile below ${apps} is built on nginx`);
  if (others.length > 0) throw new Error(`the apps name different base images: ${[...found].join(", ")}`);
  return reference;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
