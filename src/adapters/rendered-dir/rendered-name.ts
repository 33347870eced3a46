import { createHash } from "node:crypto";
import { ArcError } from "../../core/errors/arc-error.ts";

/** A file name holds 255 bytes; a temporary sibling needs some of them. */
const LONGEST = 200;

/**
 * The name of the file that stands for an absolute target path: `/etc/nginx/nginx.conf` -> `etc+nginx+nginx.conf`. Two
 * targets never share a name: what would be ambiguous is written as %XX of its UTF-8 bytes, and a name too long is cut
 * and ended by `~` and the target's hash. No name begins with a dot, so the folder may hold hidden files of ours.
 */
export function renderedName(target: string): string {
  if (!/^\/[^\0]*[^\0/]$/.test(target)) throw new ArcError("ARC_HOME", `"${target}" can't be a rendered file's target`);
  const name = target
    .slice(1)
    .replaceAll(/[^A-Za-z0-9._/-]/gu, percentEncoded)
    .replace(/^\./, "%2E")
    .replaceAll("/", "+");
  if (name.length <= LONGEST) return name;
  const hash = createHash("sha256").update(target).digest("hex").slice(0, 32);
  return `${name.slice(0, LONGEST - hash.length - 1)}~${hash}`;
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character, "utf8")]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}
