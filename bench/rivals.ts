import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import type { Service } from "./services.ts";
import { IMAGE, podman, type Stage } from "./stage.ts";

const run = promisify(execFile);

/** Brings these services up in its own way; `prepare` writes what it reads, before the clock starts. */
export interface Rival {
  readonly name: string;
  prepare(stage: Stage, apps: readonly Service[]): Promise<() => Promise<unknown>>;
}

/** Does the same as the daemon, one after the other: a network of its own for each service, and `podman run`. */
export const PODMAN_RUN: Rival = {
  name: "podman run in a row",
  prepare: async (_stage, apps) => async () => {
    for (const { id, port } of apps) {
      await podman("network", "create", "--opt", "isolate=true", id);
      await podman("run", "--detach", "--name", id, "--network", id, "--publish", `${port}:8080`, IMAGE);
    }
  },
};

/** The same with a pod for each service, each on a network of its own. */
export const KUBE_PLAY: Rival = {
  name: "podman kube play",
  prepare: async (stage, apps) => {
    const folder = await stage.subfolder("kube");
    const file = (id: string): string => path.join(folder, `${id}.yml`);
    for (const app of apps) await writeFile(file(app.id), stringify(podOf(app)));
    return async () => {
      for (const { id } of apps) {
        await podman("network", "create", "--opt", "isolate=true", id);
        await podman("kube", "play", "--quiet", "--network", id, file(id));
      }
    };
  },
};

/** `podman-compose up` of one file that gives each service a network of its own. */
export const PODMAN_COMPOSE: Rival = {
  name: "podman-compose",
  prepare: async (stage, apps) => {
    const folder = await stage.subfolder("compose");
    const file = path.join(folder, "compose.yml");
    const composed = apps.map(
      ({ id, port }) => [id, { image: IMAGE, ports: [`${port}:8080`], networks: [id] }] as const,
    );
    const networks = Object.fromEntries(apps.map(({ id }) => [id, { driver_opts: { isolate: "true" } }]));
    await writeFile(file, stringify({ version: "3", services: Object.fromEntries(composed), networks }));
    return () => run("podman-compose", ["--file", file, "up", "--detach"], { cwd: folder, maxBuffer: 16_000_000 });
  },
};

/** As most people would write it: less to make, since all share Podman's default network. */
export const PLAIN_RUN: Rival = {
  name: "podman run in a row, all on the default network",
  prepare: async (_stage, apps) => async () => {
    for (const { id, port } of apps) await podman("run", "--detach", "--name", id, "--publish", `${port}:8080`, IMAGE);
  },
};

/** One file with all the pods, on the one network that it makes. */
export const PLAIN_KUBE: Rival = {
  name: "podman kube play, one file, all on its one network",
  prepare: async (stage, apps) => {
    const file = path.join(await stage.subfolder("kube"), "pods.yml");
    await writeFile(file, apps.map((app) => stringify(podOf(app))).join("---\n"));
    return () => podman("kube", "play", "--quiet", file);
  },
};

function podOf({ id, port }: Service): object {
  const containers = [{ name: "main", image: IMAGE, ports: [{ containerPort: 8080, hostPort: port }] }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name: id }, spec: { containers } };
}

/** Debian's package; not there where it could not be installed. */
export async function hasPodmanCompose(): Promise<boolean> {
  return run("podman-compose", ["version"]).then(
    () => true,
    () => false,
  );
}
