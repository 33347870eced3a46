import { rmSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";

/** `before`: Podman is never told. `after`: Podman has answered in full, and nobody hears it. */
export type Side = "before" | "after";

interface Trap {
  readonly nth: number;
  readonly side: Side;
  readonly pid: number;
  readonly sprung: (deed: string) => void;
}

/**
 * Stands between a daemon and Podman's service, passes everything on, and counts what changes something, so that a daemon
 * can be killed around exactly one change.
 *
 *     await using proxy = await EngineProxy.start("/tmp/x/proxy.sock", podmanSocket);
 *     // the daemon is started with `--socket /tmp/x/proxy.sock`
 *     const deed = await proxy.killAt(3, "before", daemon.pid);   // "start web.g2"
 */
export class EngineProxy implements AsyncDisposable {
  readonly socket: string;
  /** What was asked for since the last `count` or `killAt`, in order: `pull`, `create web.g2`, `stop web.g1`. */
  readonly deeds: string[] = [];
  readonly #upstream: string;
  readonly #server: Server;
  #trap: Trap | null = null;

  private constructor(socket: string, upstream: string) {
    this.socket = socket;
    this.#upstream = upstream;
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
    this.#server.on("connection", (connection) => connection.on("error", () => undefined));
  }

  static async start(socket: string, upstream: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(socket, upstream);
    proxy.#server.listen(socket);
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** Begins to count anew, and kills nobody. */
  count(): void {
    this.#trap = null;
    this.deeds.length = 0;
  }

  /** Kills that process at the nth change from now on. Resolves with what that was. */
  killAt(nth: number, side: Side, pid: number): Promise<string> {
    this.count();
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#trap = { nth, side, pid, sprung: resolve };
    return promise;
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const deed = deedOf(incoming.method ?? "", incoming.url ?? "");
    if (deed !== null) this.deeds.push(deed);
    const trap = deed !== null && this.deeds.length === this.#trap?.nth ? this.#trap : null;
    const spring = (): void => {
      if (!trap) return;
      this.#trap = null;
      process.kill(trap.pid, "SIGKILL");
      outgoing.destroy();
      trap.sprung(deed ?? "");
    };
    if (trap?.side === "before") {
      spring();
      return;
    }
    const forwarded = request(
      {
        socketPath: this.#upstream,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
        agent: false,
      },
      (answer) => {
        if (trap) {
          answer.resume().once("end", spring);
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
        outgoing.flushHeaders();
        answer.on("error", () => outgoing.destroy());
        answer.pipe(outgoing);
      },
    );
    forwarded.on("error", () => outgoing.destroy());
    // Whoever asked is gone: Podman hears of that as it would without us.
    outgoing.on("close", () => forwarded.destroy());
    incoming.on("error", () => forwarded.destroy());
    incoming.pipe(forwarded);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.socket, { force: true });
  }
}

/** null: it changes nothing. Health commands and looks are none of our business. */
function deedOf(method: string, url: string): string | null {
  if (method !== "POST" && method !== "DELETE" && method !== "PUT") return null;
  const { pathname, searchParams } = new URL(url, "http://podman");
  const parts = pathname
    .replace(/^\/v[\d.]+\/libpod\//, "")
    .split("/")
    .map(decodeURIComponent);
  const [kind, second = "", third] = parts;
  if (kind === "images" && second === "pull") return `pull ${searchParams.get("reference") ?? ""}`;
  if (method === "DELETE") return `remove ${kind === "containers" ? second : `${kind} ${second}`}`;
  if (kind !== "containers") return [second || kind, third].filter((part) => part !== undefined).join(" ");
  return third === undefined ? second : `${third} ${second}`;
}
