import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { baseImageReference } from "../../scripts/base-image/reference.ts";
import { APPS, rendered, resolveUiApp, UI_APPS } from "./resolve-ui-app.ts";

const NGINX_CONF = "/etc/nginx/nginx.conf";
const CONFIG_JSON = "/etc/nginx/config.json";
const inPublic = (app: string, file: string) => readFileSync(path.join(APPS, app, "ui", "public", file), "utf8");

describe("the three UI apps", () => {
  it("are built on one pinned base image", () => {
    expect(baseImageReference(APPS)).toMatch(/^docker\.io\/library\/nginx:\d+\.\d+\.\d+$/);
  });

  it.each(["style.css", "panel.js"])("share %s to the byte: change it in one and copy it to the others", (file) => {
    const [first, ...others] = UI_APPS.map((app) => inPublic(app, file));
    for (const other of others) expect(other).toBe(first);
  });

  it("share what in nginx.conf is not about the backend", () => {
    const common = UI_APPS.map((app) => {
      const text = readFileSync(path.join(APPS, app, "nginx.conf.liquid"), "utf8");
      const beforeBackend = text.slice(0, text.indexOf("location /rpc/"));
      return beforeBackend.replace(/ {2}# The browser names a method[^]*?\n\n/, "");
    });
    expect(new Set(common).size).toBe(1);
  });

  it("publish different ports", async () => {
    const apps = await Promise.all(UI_APPS.map((app) => resolveUiApp(app)));
    const ports = apps.flatMap(({ container }) => container.spec.ports.map(({ host }) => host));
    expect(new Set(ports).size).toBe(UI_APPS.length);
  });
});

describe.each(UI_APPS)("%s", (app) => {
  it("runs without privileges", async () => {
    const { spec } = (await resolveUiApp(app)).container;
    expect(spec).toMatchObject({
      user: "101:101",
      capDrop: ["ALL"],
      capAdd: [],
      readOnly: true,
      noNewPrivileges: true,
    });
  });

  it("asks the owner's backend, or this host", async () => {
    const own = await resolveUiApp(app, { settings: { backend_host: "198.51.100.4", backend_port: 4444 } });
    expect(rendered(own, NGINX_CONF)).toMatch(/proxy_pass https?:\/\/198\.51\.100\.4:4444[/$]/);
    expect(JSON.parse(rendered(own, CONFIG_JSON))).toMatchObject({ host: "198.51.100.4", port: 4444 });
    const here = await resolveUiApp(app);
    expect(rendered(here, NGINX_CONF)).toMatch(/proxy_pass https?:\/\/192\.0\.2\.7:/);
    expect(JSON.parse(rendered(here, CONFIG_JSON))).toMatchObject({ host: "192.0.2.7" });
  });

  it("puts an IPv6 address in brackets", async () => {
    const resolved = await resolveUiApp(app, { settings: { backend_host: "2001:db8::1" } });
    expect(rendered(resolved, NGINX_CONF)).toContain("://[2001:db8::1]:");
  });

  it("starts on a host without any route", async () => {
    const resolved = await resolveUiApp(app, { hostIp: "" });
    expect(rendered(resolved, NGINX_CONF)).toContain("://127.0.0.1:");
  });

  it.each(["bad host", "a;b", "node.example.org", "1.2.3.4\n"])("refuses %j as the backend's address", async (host) => {
    await expect(resolveUiApp(app, { settings: { backend_host: host } })).rejects.toThrow("backend_host");
  });

  it("keeps its secrets out of what the browser gets", async () => {
    const { manifest, ...resolved } = await resolveUiApp(app);
    const secrets = Object.fromEntries(Object.keys(manifest.secrets).map((name) => [name, "5ec2e7"]));
    const config = rendered(await resolveUiApp(app, { secrets }), CONFIG_JSON);
    expect(config).not.toContain("5ec2e7");
    const withSecret = resolved.container.spec.files.filter(({ secret }) => secret);
    expect(withSecret.map(({ target, mode }) => [target, mode])).toEqual(
      Object.keys(secrets).length === 0 ? [] : [[NGINX_CONF, "0400"]],
    );
  });

  it("loads nothing from elsewhere and runs no inline code", () => {
    for (const file of readdirSync(path.join(APPS, app, "ui", "public"))) {
      const text = inPublic(app, file).replaceAll("http://www.w3.org/2000/svg", "");
      expect(text).not.toMatch(/https?:\/\/|@import|\son[a-z]+=|style="|<style|<script(?![^>]*src=)/);
    }
  });
});

it("no text in a macaroon's place can become part of lnd-ui's nginx.conf", async () => {
  const secrets = { "lnd-readonly-macaroon": `"; evil on; $host\n#` };
  const line = rendered(await resolveUiApp("lnd-ui", { secrets }), NGINX_CONF)
    .split("\n")
    .find((candidate) => candidate.includes('macaroon "'));
  expect(line?.trim()).toBe('proxy_set_header Grpc-Metadata-macaroon "%22%3B+evil+on%3B+%24host%0A%23";');
});

it("bitcoin-ui hands user and password to the node as Basic credentials, whatever is in them", async () => {
  const secrets = { "bitcoin-rpc-password": `pa:$s"w'ö%` };
  const conf = rendered(await resolveUiApp("bitcoin-ui", { settings: { rpc_user: "alice" }, secrets }), NGINX_CONF);
  const encoded = /Basic ([A-Za-z0-9+/=]+)"/.exec(conf)?.[1] ?? "";
  expect(Buffer.from(encoded, "base64").toString()).toBe(`alice:pa:$s"w'ö%`);
});
