import { readFileSync, realpathSync } from "node:fs";

/** The kernel's table of what is mounted for this process. */
export function readMountTable(): string {
  return readFileSync("/proc/self/mountinfo", "utf8");
}

/**
 * Where something is mounted at `path` or below, by the text of /proc/self/mountinfo. A bind mount of the same disk is
 * told by nothing else: it has the device number of what is around it.
 */
export function mountPointsIn(path: string, table: string): readonly string[] {
  const real = realpathSync.native(path);
  return table
    .split("\n")
    .map((line) => unescaped(line.split(" ")[4] ?? ""))
    .filter((point) => point === real || point.startsWith(`${real}/`));
}

/** The kernel writes space, tab, newline and backslash in octal. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
