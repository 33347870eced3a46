import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { manifestText, type ManifestInput } from "../../src/testkit/builders.ts";
import { BUSYBOX } from "./images.ts";
import type { LocalRegistry } from "./local-registry.ts";
import { type Node, podman } from "./running-daemon.ts";

const run = promisify(execFile);

type ContainerInput = NonNullable<ManifestInput["container"]>;

/**
 * Each of both holds a lock in the data while it runs: the kernel tells, and not a sampler, if ever two of them run at
 * the same time. The lock of a container is gone before Podman says that it has ended.
 */
const ALONE = `#!/bin/sh
exec 9>/data/lock
flock -n 9 || { echo "$0 $VERSION" >>/data/both; exit 66; }
`;

const SERVE = `${ALONE}mkdir -p /tmp/www
echo "$VERSION" >/tmp/www/index.html
[ -z "$CRASH" ] || { httpd -p 80 -h /tmp/www; sleep "$CRASH"; echo 'panic: the database is from the future' >&2; exit 9; }
exec httpd -f -p 80 -h /tmp/www
`;

/** Does not migrate where the data say so. */
const MIGRATE = `${ALONE}[ -z "$NEEDS" ] || [ -e "/data/$NEEDS" ] || { echo "no $NEEDS in the data" >&2; exit 3; }
echo "$VERSION" >>/data/migrations
`;

/** Images `web:1`, `web:2`, ... in the registry and not in Podman's store; each serves its number. */
export async function pushWebs(registry: LocalRegistry, versions: readonly string[]): Promise<void> {
  const context = await mkdtemp(path.join(tmpdir(), "rolling-"));
  try {
    await writeFile(path.join(context, "serve"), SERVE, { mode: 0o755 });
    await writeFile(path.join(context, "migrate"), MIGRATE, { mode: 0o755 });
    const libraries = await copyFlock(context);
    for (const version of versions) {
      const text = `FROM ${BUSYBOX}\nCOPY serve migrate flock /bin/\n${libraries}ENV VERSION=${version}\nCMD ["/bin/serve"]\n`;
      await writeFile(path.join(context, "Containerfile"), text);
      const local = `localhost/rolling/web:${version}`;
      await podman("build", "-q", "-t", local, context);
      await registry.push(local, `web:${version}`);
      await podman("rmi", local);
    }
  } finally {
    await rm(context, { recursive: true });
  }
}

/** The machine's own, with the libraries that it names: busybox has none. Gives back the lines that copy these. */
async function copyFlock(context: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", "command -v flock; ldd $(command -v flock)"]);
  const [program = "", ...libraries] = new Set(stdout.match(/(?<=^|\s)\/\S+/gm) ?? []);
  await copyFile(program, path.join(context, "flock"));
  for (const library of libraries) await copyFile(library, path.join(context, path.basename(library)));
  return libraries.map((library) => `COPY ${path.basename(library)} ${library}\n`).join("");
}

/** What a test says of one version of an app. */
export interface Web {
  readonly id: string;
  /** On the host; leads to `main`. */
  readonly port: number;
  readonly version: string;
  readonly image: string;
  readonly rollback?: "safe" | "until-start" | "never";
  readonly stableFor?: string;
  readonly main?: Partial<ContainerInput>;
  readonly migrate?: Partial<ContainerInput>;
  readonly ui?: boolean;
}

/** A one-shot, a server behind it, and a page behind that. */
export function webManifest({ id, port, version, image, rollback, stableFor, main, migrate, ui = true }: Web): string {
  const common = {
    image,
    volumes: [{ source: "db", target: "/data" }],
    stop: { signal: "SIGKILL", grace: "5s" },
  };
  const page = { image, entrypoint: ["/bin/sleep", "2147483647"], stop: common.stop, start_after: ["main"] };
  return manifestText({
    id,
    version,
    update: { stable_for: stableFor ?? "2s", ...(rollback && { rollback }) },
    containers: {
      migrate: { ...common, one_shot: true, entrypoint: ["/bin/migrate"], ...migrate },
      main: {
        ...common,
        start_after: ["migrate"],
        ports: [{ container: 80, host: port }],
        health: { readiness: { http: { port: 80 }, interval: "300ms", failures: 4 } },
        ...main,
      },
      ...(ui && { ui: page }),
    },
  });
}

/** Writes it into the node's catalogue, as an update of the catalogue would. */
export async function publish(node: Node, web: Web): Promise<void> {
  await mkdir(path.join(node.apps, web.id), { recursive: true });
  // A look in between must find the one or the other.
  const beside = path.join(node.folder, `${web.id}.yml`);
  await writeFile(beside, webManifest(web));
  await rename(beside, path.join(node.apps, web.id, "manifest.yml"));
}

/** Which containers ran while another one of the app held the data; empty: none ever did. */
export function metAnother(node: Node, id: string): Promise<string> {
  return readFile(node.file("data", id, "db", "both"), "utf8").catch(() => "");
}

const rowSchema = z.array(z.object({ Names: z.tuple([z.string()]), State: z.string() }));

/** `name state` of every container of the app that Podman knows. "stopped" is what 4.3 says before it has tidied up. */
export async function containersOf(id: string): Promise<readonly string[]> {
  const rows = await podman("ps", "-a", "--filter", `label=archipelago.app=${id}`, "--format", "json");
  return rowSchema
    .parse(JSON.parse(rows))
    .map(({ Names: [name], State }) => `${name} ${State.replace("stopped", "exited")}`)
    .toSorted();
}
