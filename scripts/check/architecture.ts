import path from "node:path";
import { isNode, lineOf, treeNodes } from "./syntax-tree.ts";

/** The arrows of the house: what each folder of src may import besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  cli: ["rpc", "core"],
  daemon: ["engine", "adapters", "rpc", "core", "ports"],
  engine: ["ports", "core"],
  adapters: ["ports", "core"],
  rpc: ["core", "ports"],
  ports: ["core"],
  core: [],
  // Not part of what is shipped, and imported by tests alone: it runs the real command line and HTTP server, too.
  testkit: ["ports", "core", "rpc", "daemon", "cli"],
};

/** The one door from the command line into the daemon, for `up` and what works without one; its options are the sill. */
const DAEMON_DOOR = "src/cli/daemon-side.ts";
const DAEMON_SILL = "src/daemon/daemon-options.ts";

/** What the pure core may use from outside. Of node:crypto the hash functions only, see purity.ts. */
const CORE_PACKAGES = new Set(["zod", "yaml", "liquidjs", "node:crypto"]);

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Imports of one source file that run against the arrows. `file` is relative to the repository. */
export function wrongImports(file: string, source: string): readonly Violation[] {
  const [top, home = ""] = file.split("/");
  if (top !== "src") return [];
  const wrong = (offset: number, message: string) => ({ file, line: lineOf(source, offset), message });
  return imports(source).flatMap(({ specifier, offset }) => {
    if (!(home in ARROWS))
      return [wrong(offset, `src/${home} has no arrows yet: add it to scripts/check/architecture.ts`)];
    if (!specifier.startsWith(".")) {
      const packageAllowed = home !== "core" || isTest(file) || CORE_PACKAGES.has(specifier);
      return packageAllowed ? [] : [wrong(offset, `core may not import ${specifier}`)];
    }
    const target = path.posix.join(path.posix.dirname(file), specifier);
    return allowed(file, home, target) ? [] : [wrong(offset, `${home} may not import ${target}`)];
  });
}

function allowed(file: string, home: string, target: string): boolean {
  if (target === "package.json") return home !== "core";
  const [top, neighbour = ""] = target.split("/");
  // A test is not part of the house: it may stand its subject on whatever it needs.
  if (isTest(file)) return top === "src" || top === "test" || top === "apps";
  if (top !== "src") return false;
  if (home === "cli" && neighbour === "daemon") return file === DAEMON_DOOR || target === DAEMON_SILL;
  return neighbour === home || (ARROWS[home] ?? []).includes(neighbour);
}

const isTest = (file: string): boolean => file.endsWith(".test.ts");

/** Static, dynamic and re-exporting imports, types included. */
function imports(source: string): readonly { readonly specifier: string; readonly offset: number }[] {
  const found = [];
  for (const node of treeNodes(source)) {
    if (!/^(Import|ExportNamed|ExportAll)(Declaration|Expression)$/.test(node.type)) continue;
    if (isNode(node.source) && typeof node.source.value === "string") {
      found.push({ specifier: node.source.value, offset: node.start });
    }
  }
  return found;
}
