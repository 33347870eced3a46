import { chownSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { vi } from "vitest";
import { createRequest } from "../../src/testkit/builders.ts";
import { temporaryFolder } from "../../src/testkit/temporary-folder.ts";
import { freePort } from "../ui-apps/loopback-backend.ts";
import { resolveUiApp, type UiApp, type UiAppOptions } from "../ui-apps/resolve-ui-app.ts";
import { podmanEngine } from "./podman-harness.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RunningUiApp extends AsyncDisposable {
  readonly port: number;
  ask(path: string, asking?: Asking): Promise<Answer>;
}

/**
 * A UI app in a container as its manifest says, but on the sandbox's own network, so that it reaches loopback, and on a
 * free port. Resolves when nginx answers.
 */
export async function runningUiApp(app: UiApp, options: UiAppOptions): Promise<RunningUiApp> {
  const { container, files } = await resolveUiApp(app, options);
  const { build, image } = container.spec;
  if (!build) throw new Error(`${app} is not built`);
  const engine = podmanEngine();
  const folder = temporaryFolder();
  const port = await freePort();
  const mounted = files.map(({ target, content, mode }) => {
    const source = path.join(folder.path, path.basename(target));
    writeFileSync(source, content.replace("listen 8080;", `listen 127.0.0.1:${port};`), {
      mode: Number.parseInt(mode, 8),
    });
    chownSync(source, 101, 101);
    return { source, target };
  });
  await engine.build(build, image, {});
  const spec = { ...container.spec, network: { mode: "host" }, ports: [] } as const;
  const id = await engine.create(createRequest(`${app}-${port}`, spec, { files: mounted }));
  await engine.start(id);
  const running: RunningUiApp = {
    port,
    ask: (where, asking = {}) => ask(port, where, asking),
    [Symbol.asyncDispose]: async () => {
      await engine.remove(id, { force: true });
      engine[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
  await vi.waitFor(() => running.ask("/healthz"), { timeout: 10_000, interval: 20 });
  return running;
}

function ask(port: number, where: string, { method = "GET", headers = {}, body }: Asking): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path: where, method, headers }, (incoming) => {
      const answer = (received: string) =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: received });
      text(incoming).then(answer, reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
