import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { manifestText, nodeText } from "../src/testkit/builders.ts";
import { IMAGE } from "./stage.ts";

const FIRST_PORT = 20_000;

/** One app of one container that answers on a published port. */
export interface Service {
  readonly id: string;
  readonly port: number;
  readonly manifest: string;
}

/** The plainest apps there are: everything at its default, so each on its own network, and a readiness probe. */
export function services(count: number): readonly Service[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `service-${String(index).padStart(3, "0")}`;
    const port = FIRST_PORT + index;
    const container = {
      image: IMAGE,
      ports: [{ container: 8080, host: port }],
      health: { readiness: { http: { port: 8080, path: "/" } } },
    };
    return { id, port, manifest: manifestText({ id, container }) };
  });
}

/** The same with an environment variable that is another in each version, and that a setting in node.yml can change. */
export function changing({ id, port }: Pick<Service, "id" | "port">, version: number): Service {
  const container = {
    image: IMAGE,
    env: { ROUND: `r${version}` },
    // Alone in its container it would not hear SIGTERM, and wait out the grace.
    stop: { signal: "SIGKILL" },
    derived_env: [{ key: "SETTING", template: "{{ settings.round }}" }],
    ports: [{ container: 8080, host: port }],
    health: { readiness: { http: { port: 8080, path: "/" } } },
  };
  const settings = { round: { type: "string", default: "r0" } } as const;
  return { id, port, manifest: manifestText({ id, version: `1.0.${version}`, settings, container }) };
}

/** A catalogue directory that holds them. */
export async function writeCatalogue(folder: string, apps: readonly Service[]): Promise<void> {
  for (const { id, manifest } of apps) {
    await mkdir(path.join(folder, id), { recursive: true });
    await writeFile(path.join(folder, id, "manifest.yml"), manifest);
  }
}

/** A node.yml that wants them. */
export function wanting(apps: readonly Service[]): string {
  return nodeText(Object.fromEntries(apps.map(({ id }) => [id, { state: "running" }])));
}
