import { join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";

/**
 * `folder/name` for a name that comes from outside: refuses (ARC_HOME) whatever would lead anywhere but to a visible
 * direct child.
 */
export function childPath(folder: string, name: string): string {
  if (name === "" || name.startsWith(".") || name.includes("/") || name.includes("\0")) {
    throw new ArcError("ARC_HOME", `"${name}" can't be the name of a file in ${folder}`);
  }
  return join(folder, name);
}
