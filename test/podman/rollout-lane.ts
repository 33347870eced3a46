import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { inject } from "vitest";
import { EngineProxy, type Side } from "./engine-proxy.ts";
import { containersOf, metAnother, publish, type Web } from "./rolling-web.ts";
import { ended, eventually, get, Node, RunningDaemon } from "./running-daemon.ts";

/** s from the start of the next daemon until all is well again. */
const WITHIN = 30;

/** A kind of update that is done again and again. */
export interface Scene {
  /** What a round's version brings; it needs a name that is used once. */
  readonly next: (name: string) => Promise<Pick<Web, "image" | "main" | "migrate">>;
  /** The version that does its work in the end, whatever happens in between. */
  readonly ends: "old" | "new";
}

/** Where the daemon is killed: around the nth change that it asks Podman for, or while the new one proves itself. */
export type Point = { readonly nth: number; readonly side: Side } | "proving";

/** One node with one app, whose daemon reaches Podman through a proxy. */
export class Lane implements AsyncDisposable {
  readonly id: string;
  readonly node: Node;
  readonly proxy: EngineProxy;
  readonly #port: number;
  #daemon: RunningDaemon;
  #rounds = 1;
  /** What runs. */
  #version = "1";

  private constructor(id: string, port: number, node: Node, proxy: EngineProxy, daemon: RunningDaemon) {
    this.id = id;
    this.#port = port;
    this.node = node;
    this.proxy = proxy;
    this.#daemon = daemon;
  }

  /** Its first version serves that image, and does its work when this resolves. */
  static async make(id: string, port: number, image: string): Promise<Lane> {
    const node = await Node.make([id]);
    const proxy = await EngineProxy.start(path.join(node.folder, "engine.sock"), inject("podmanSocket"));
    await publish(node, { ...first(id, port), version: "1", image });
    const daemon = await RunningDaemon.start(node, { socket: proxy.socket });
    const lane = new Lane(id, port, node, proxy, daemon);
    await lane.#isWell("1", "started");
    return lane;
  }

  /** One update that nobody disturbs: what it asks of Podman. */
  async undisturbed(scene: Scene): Promise<readonly string[]> {
    const version = await this.#publish(scene);
    this.proxy.count();
    await this.#update();
    await this.#isWell(scene.ends === "new" ? version : this.#version, "undisturbed");
    return [...this.proxy.deeds];
  }

  /** One update, with the daemon killed at that point and another one started. */
  async killed(scene: Scene, point: Point): Promise<void> {
    const version = await this.#publish(scene);
    const since = Date.now();
    const { where, dead } = this.#lieInWait(point);
    // Its answer may be lost, its deed is not.
    await Promise.all([this.#update().catch(() => undefined), Promise.race([dead, late(where)])]);
    await this.#daemon.ended();
    this.proxy.count();
    this.#daemon = await RunningDaemon.start(this.node, { socket: this.proxy.socket });
    await this.#isWell(scene.ends === "new" ? version : this.#version, `${this.id}, ${where}`);
    const [job] = await this.#daemon.api.jobs({ app: this.id, limit: 1 });
    const { state, kind, createdAt } = await ended(this.#daemon, job ?? null);
    must([kind, state, createdAt >= since], ["update", scene.ends === "new" ? "done" : "failed", true], where);
  }

  /** `where`: in words; `dead`: resolves when the daemon was killed there. */
  #lieInWait(point: Point): { readonly where: string; readonly dead: Promise<unknown> } {
    if (point !== "proving") {
      const dead = this.proxy.killAt(point.nth, point.side, this.#daemon.pid);
      return { where: `${point.side} change ${point.nth}`, dead };
    }
    this.proxy.count();
    const proves = eventually(async () => {
      must((await this.#daemon.app(this.id)).rollout?.state, "proving", this.id);
    }, WITHIN);
    return { where: "while it proves itself", dead: proves.then(() => this.#daemon.kill9()) };
  }

  async #publish(scene: Scene): Promise<string> {
    this.#rounds += 1;
    const version = String(this.#rounds);
    const env = { VERSION: version };
    const { image, main, migrate } = await scene.next(`${this.id}-${version}`);
    await publish(this.node, {
      ...first(this.id, this.#port),
      version,
      image,
      main: { ...main, env: { ...main?.env, ...env } },
      migrate: { ...migrate, env: { ...migrate?.env, ...env } },
    });
    await eventually(async () => {
      const { available, rollout } = await this.#daemon.app(this.id);
      if (rollout === null) must(available, version, this.id);
    });
    return version;
  }

  #update() {
    return this.#daemon.api.edit({ kind: "update", apps: [this.id] });
  }

  /** Exactly that version: ready, serving, alone, with nothing left to do, and never two of it at the same time. */
  async #isWell(version: string, where: string): Promise<void> {
    await eventually(async () => {
      const app = await this.#daemon.app(this.id);
      must([app.state, app.version], ["ready", version], `${where}: ${app.reason}`);
      const { steps, holds } = await this.#daemon.api.plan();
      must([...steps, ...holds], [], where);
    }, WITHIN);
    const served = await eventually(async () => (await get(this.#port)).body.trim());
    must(served, version, where);
    const found = await containersOf(this.id);
    const generations = new Set(found.map((each) => each.replace(/^.*\.g(\d+) .*$/, "$1")));
    const [generation] = generations;
    must(found, [`${this.id}--migrate.g${generation} exited`, `${this.id}.g${generation} running`], where);
    must(await metAnother(this.node, this.id), "", where);
    this.#version = version;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon[Symbol.asyncDispose]();
    await this.node[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
  }
}

const first = (id: string, port: number) => ({ id, port, stableFor: "1s", ui: false });

function late(why: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(why)), WITHIN * 1_000).unref();
  });
}

function must(found: unknown, wanted: unknown, where: string): void {
  if (isDeepStrictEqual(found, wanted)) return;
  throw new Error(`${where}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}
