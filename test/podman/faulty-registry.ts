import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { FAULTY_HOST } from "./local-registry.ts";

const sha256 = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";
/** An image of one empty layer. */
const TAR = Buffer.alloc(10_240);
const LAYER = gzipSync(TAR);
const CONFIG = Buffer.from(
  JSON.stringify({
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Cmd: ["/nothing"] },
    rootfs: { type: "layers", diff_ids: [sha256(TAR)] },
    history: [{ created: "2020-01-01T00:00:00Z" }],
  }),
);
const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {
      mediaType: "application/vnd.docker.container.image.v1+json",
      size: CONFIG.length,
      digest: sha256(CONFIG),
    },
    layers: [
      { mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: LAYER.length, digest: sha256(LAYER) },
    ],
  }),
);

/** What a repository of that name does; `good` is without fault. */
const FAULTS = {
  good: {},
  "not-found": { manifest: refusal(404, "MANIFEST_UNKNOWN", "manifest unknown") },
  unauthorised: {
    manifest: refusal(401, "UNAUTHORIZED", "authentication required", { "www-authenticate": 'Basic realm="faulty"' }),
  },
  denied: { manifest: refusal(403, "DENIED", "requested access to the resource is denied") },
  // Podman waits by the header, asks 16 times, and then tells the words alone.
  limited: {
    manifest: refusal(429, "TOOMANYREQUESTS", "retry-after: 90s, allowed: 10/minute", { "retry-after": "0" }),
  },
  broken: { manifest: (response) => response.writeHead(500).end() },
  // A limit that Podman waits out for longer than anybody wants to wait for the first word looks like this, too.
  silent: { manifest: () => undefined },
  "hangs-up": { manifest: (response) => response.destroy() },
  "stops-in-a-layer": { layer: (response) => begin(response) },
  truncated: { layer: (response) => begin(response).write(LAYER.subarray(8, 16), () => response.destroy()) },
  altered: { layer: (response) => send(response, Buffer.from(LAYER).fill(0, 10, 12)) },
  "altered-manifest": {
    manifest: (response) => send(response, Buffer.concat([MANIFEST, Buffer.from(" ")]), MANIFEST_TYPE),
  },
} as const satisfies Readonly<
  Record<
    string,
    { readonly manifest?: (response: ServerResponse) => void; readonly layer?: (response: ServerResponse) => void }
  >
>;

export type RegistryFault = keyof typeof FAULTS;

/** A registry on loopback whose repositories each have a fault of their own. */
export class FaultyRegistry implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FaultyRegistry> {
    const server = createServer(({ url = "" }, response) => answer(url, response));
    const { hostname, port } = new URL(`http://${FAULTY_HOST}`);
    server.listen(Number(port), hostname);
    await once(server, "listening");
    return new FaultyRegistry(server);
  }

  /** What to pull to meet the fault; `digest` is the one that the image would have without it. */
  static image(fault: RegistryFault): { readonly reference: string; readonly digest: string } {
    return { reference: `${FAULTY_HOST}/${fault}:1`, digest: sha256(MANIFEST) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answer(url: string, response: ServerResponse): void {
  const [, repository = "", kind, what] = /^\/v2\/([^/]+)\/(manifests|blobs)\/(.+)$/.exec(url) ?? [];
  const fault: { readonly manifest?: (r: ServerResponse) => void; readonly layer?: (r: ServerResponse) => void } =
    repository in FAULTS ? FAULTS[repository as RegistryFault] : {};
  if (kind === "manifests") (fault.manifest ?? ((r) => send(r, MANIFEST, MANIFEST_TYPE)))(response);
  else if (kind === "blobs" && what === sha256(LAYER)) (fault.layer ?? ((r) => send(r, LAYER)))(response);
  else if (kind === "blobs") send(response, CONFIG);
  else send(response, Buffer.from("{}"), "application/json");
}

function send(response: ServerResponse, body: Buffer, type = "application/octet-stream"): void {
  response.writeHead(200, { "content-type": type, "content-length": body.length }).end(body);
}

/** The head and a few bytes. */
function begin(response: ServerResponse): ServerResponse {
  response.writeHead(200, { "content-length": LAYER.length }).write(LAYER.subarray(0, 8));
  return response;
}

function refusal(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
  };
}
