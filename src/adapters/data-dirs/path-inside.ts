import { realpath } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import { statNow } from "../files/stat-now.ts";

/**
 * The names that lead from `realRoot` to `path`, links resolved, so that none is on the way at this moment. `path` is
 * given below `root`, of which `realRoot` is the real path, and need not exist.
 *
 * The first folder below the root is an app's. A link there may lead elsewhere inside the root; any link deeper, which
 * the app's own container may have made, must stay in the app's folder. Throws ARC_HOME.
 */
export async function pathInside(root: string, realRoot: string, path: string): Promise<readonly string[]> {
  const below = namesBelow(resolve(root), path);
  if (below === null) throw new ArcError("ARC_HOME", `${path} leads out of ${root}`);
  const [app, ...rest] = below;
  if (app === undefined) return [];
  const realApp = await realTarget(join(realRoot, app), path);
  const appNames = namesBelow(realRoot, realApp);
  const real = await realTarget(join(realApp, ...rest), path);
  const inner = namesBelow(realApp, real);
  if (appNames === null || appNames.length === 0 || inner === null) {
    throw new ArcError("ARC_HOME", `a symbolic link on the way to ${path} leads out of ${root}`, {
      hint: "Put a folder in the link's place, or mount the disk there.",
    });
  }
  return [...appNames, ...inner];
}

/** null where `path` is not `root` or below it, or goes up and down on its way. */
function namesBelow(root: string, path: string): readonly string[] | null {
  if (path.includes("\0") || path.split("/").includes("..")) return null;
  const names = relative(root, path).split("/");
  if (names[0] === "..") return null;
  return names.filter((name) => name !== "");
}

/** The real path of what exists, with the rest as it is. A dangling link is refused: it would be made real elsewhere. */
async function realTarget(path: string, asked: string): Promise<string> {
  const missing: string[] = [];
  let existing = path;
  while (statNow(existing) === null) {
    missing.unshift(existing.slice(existing.lastIndexOf("/") + 1));
    existing = dirname(existing);
  }
  try {
    return join(await realpath(existing), ...missing);
  } catch (error) {
    throw new ArcError("ARC_HOME", `a symbolic link on the way to ${asked} leads nowhere`, { cause: error });
  }
}
