import { describe, expect, it } from "vitest";
import { freePort, loopbackBackend } from "../ui-apps/loopback-backend.ts";
import { UI_APPS, type UiApp } from "../ui-apps/resolve-ui-app.ts";
import { runningUiApp, type Asking } from "./running-ui-app.ts";

const call = (method: string, headers: Readonly<Record<string, string>> = {}): Asking => ({
  method: "POST",
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: ["x"] }),
  headers: { "Content-Type": "application/json", Cookie: "session=1", ...headers },
});

const at = (port: number) => ({ backend_host: "127.0.0.1", backend_port: port });

/** How each page asks its backend. */
const ASKS: Readonly<Record<UiApp, readonly [string, Asking]>> = {
  "bitcoin-ui": ["/rpc/", call("uptime")],
  "electrs-ui": ["/rpc/metrics", {}],
  "lnd-ui": ["/rpc/v1/getinfo", {}],
};

describe.each(UI_APPS)("%s on a real nginx", (app) => {
  const [where, how] = ASKS[app];
  const tls = app === "lnd-ui";

  it("serves its page under a strict policy", async () => {
    await using ui = await runningUiApp(app, { settings: at(await freePort()) });
    const page = await ui.ask("/");
    expect(page.status).toBe(200);
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
    for (const asset of ["app.js", "panel.js", "style.css", "icon.svg"]) {
      expect((await ui.ask(`/${asset}`)).status).toBe(200);
    }
    expect(JSON.parse((await ui.ask("/config.json")).body)).toMatchObject({ host: "127.0.0.1" });
    expect((await ui.ask("/Containerfile")).status).toBe(404);
  });

  it("passes on what its backend says", async () => {
    await using backend = await loopbackBackend({ body: "the answer", tls });
    await using ui = await runningUiApp(app, { settings: at(backend.port) });
    expect(await ui.ask(where, how)).toMatchObject({ status: 200, body: "the answer" });
    expect(backend.seen).toHaveLength(1);
    expect(backend.seen[0]?.headers.cookie).toBeUndefined();
  });

  it("says 502 where nobody listens", async () => {
    await using ui = await runningUiApp(app, { settings: at(await freePort()) });
    expect((await ui.ask(where, how)).status).toBe(502);
  });

  it("hands on a refusal without making the browser ask for a password", async () => {
    await using backend = await loopbackBackend({ status: 401, tls });
    await using ui = await runningUiApp(app, { settings: at(backend.port) });
    const answer = await ui.ask(where, how);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBeUndefined();
  });

  it.each([
    ["a name that anybody could point here", { Host: "evil.example" }],
    ["another site's page", { Origin: "https://evil.example" }],
    ["a page of this host on another port", { Origin: "http://127.0.0.1:1" }],
  ])("refuses %s", async (_who, headers) => {
    await using backend = await loopbackBackend({ tls });
    await using ui = await runningUiApp(app, { settings: at(backend.port) });
    expect((await ui.ask(where, { ...how, headers: { ...how.headers, ...headers } })).status).toBe(421);
    expect(backend.seen).toEqual([]);
  });

  it("answers to its own page, by address, local name and the owner's public name", async () => {
    await using backend = await loopbackBackend({ tls });
    await using ui = await runningUiApp(app, { settings: { ...at(backend.port), public_name: "node.example.org" } });
    for (const host of [`127.0.0.1:${ui.port}`, `node.local:${ui.port}`, "node", "[2001:db8::1]", "node.example.org"]) {
      const headers = { ...how.headers, Host: host, Origin: `http://${host}` };
      expect([host, (await ui.ask(where, { ...how, headers })).status]).toEqual([host, 200]);
    }
  });

  it("lets nothing else through to the backend", async () => {
    await using backend = await loopbackBackend({ tls });
    await using ui = await runningUiApp(app, { settings: at(backend.port) });
    for (const path of ["/rpc", "/rpc/wallet", "/rpc/v1/channels", "/rpc/v1/getinfo/../payreq/x", "/rpc/metrics/x"]) {
      expect((await ui.ask(path)).status).not.toBe(200);
    }
    expect((await ui.ask(where, { ...how, method: "PUT" })).status).toBe(405);
    expect(backend.seen).toEqual([]);
  });
});

describe("bitcoin-ui's calls", () => {
  it("reach the node with its credentials and without what the browser added", async () => {
    await using backend = await loopbackBackend();
    const secrets = { "bitcoin-rpc-password": "pa$s\"w'ord" };
    await using ui = await runningUiApp("bitcoin-ui", {
      settings: { ...at(backend.port), rpc_user: "alice" },
      secrets,
    });
    await ui.ask("/rpc/", call("getblockchaininfo"));
    const [seen] = backend.seen;
    expect(JSON.parse(seen?.body ?? "")).toEqual({
      jsonrpc: "1.0",
      id: "bitcoin-ui",
      method: "getblockchaininfo",
      params: [],
    });
    expect(seen?.headers.authorization).toBe(`Basic ${Buffer.from("alice:pa$s\"w'ord").toString("base64")}`);
    expect(seen).toMatchObject({ method: "POST", url: "/", headers: { "content-type": "application/json" } });
  });

  it.each([
    ["a method that is not in the list", JSON.stringify({ method: "stop" }), "not_allowed"],
    ["a second method beside a harmless one", `{"method":"stop","x":{"method":"uptime"},"method":"stop"}`, "uptime"],
    ["a batch", `[{"method":"stop"}]`, "not_allowed"],
    ["a longer name", JSON.stringify({ method: "uptimes" }), "not_allowed"],
    ["nothing", "", "not_allowed"],
  ])("never bring %s to the node", async (_what, body, method) => {
    await using backend = await loopbackBackend();
    await using ui = await runningUiApp("bitcoin-ui", { settings: at(backend.port) });
    await ui.ask("/rpc/", { ...call(""), body });
    expect(backend.seen.map((seen) => JSON.parse(seen.body))).toEqual([
      { jsonrpc: "1.0", id: "bitcoin-ui", method, params: [] },
    ]);
  });
});

it("lnd-ui hands its macaroon to LND", async () => {
  await using backend = await loopbackBackend({ tls: true });
  const secrets = { "lnd-readonly-macaroon": "0201036c6e64" };
  await using ui = await runningUiApp("lnd-ui", { settings: at(backend.port), secrets });
  await ui.ask("/rpc/v1/balance/channels");
  expect(backend.seen[0]).toMatchObject({
    method: "GET",
    url: "/v1/balance/channels",
    headers: { "grpc-metadata-macaroon": "0201036c6e64" },
  });
});
