import { describe, expect, test } from "vitest";
import { chooseManifest, folderDigest, type ParsedFolder } from "../../core/desired/choose-manifest.ts";
import { appId } from "../../core/ids.ts";
import { parseManifest } from "../../core/manifest/parse-manifest.ts";
import { parseNode } from "../../core/manifest/parse-node.ts";
import { EMPTY_RECORD, type AppRecord } from "../../core/record/app-record.ts";
import { appFolder } from "../../testkit/app-folder.ts";
import { manifestText, nodeText, type ManifestInput } from "../../testkit/builders.ts";
import type { EditGround } from "./edit-ground.ts";
import { planEdit } from "./plan-edit.ts";

const NOW = "2026-11-22T12:00:00.000Z";

const folder = (name: string, text: string): ParsedFolder => {
  const found = appFolder(name, { "manifest.yml": text });
  return { folder: found, digest: folderDigest(found), manifest: parseManifest(found) };
};
const container = { image: "docker.io/library/nginx:1.28" };
const app = (id: string, more: Partial<ManifestInput> = {}): ParsedFolder =>
  folder(id, manifestText({ id, container, version: "1", ...more }));

const PROVIDES = { provides: { rpc: { host: "{{ container.main }}" } } };
const CATALOGUE = new Map([
  ["base", app("base", PROVIDES)],
  ["user", app("user", { requires: { rpc: { interface: "rpc" } } })],
  ["web", app("web", { version: "2" })],
  ["broken", folder("broken", "id: [")],
]);
const ACCEPTED = new Map([["web", app("web")]]);

function ground(apps: Readonly<Record<string, Record<string, unknown>>>, more: Partial<EditGround> = {}): EditGround {
  const parsed = parseNode(nodeText(apps), "node.yml");
  if (!parsed.ok) throw new Error("no valid node.yml");
  const choices = Object.keys(apps).map((name) => {
    const wish = { updates: "manual", version: parsed.value.apps[name]?.version } as const;
    return [appId(name), chooseManifest(appId(name), CATALOGUE.get(name), ACCEPTED.get(name), wish)] as const;
  });
  return {
    config: parsed.value,
    catalogue: CATALOGUE,
    choices: new Map(choices),
    records: new Map(),
    leftovers: new Set(),
    now: NOW,
    ...more,
  };
}

const failedIn = (version: string): ReadonlyMap<string, AppRecord> =>
  new Map([["web", { ...EMPTY_RECORD, quarantine: { containers: {}, version, reason: "r", at: 0, failed: [] } }]]);

describe("update", () => {
  test.each<[string, EditGround, object]>([
    ["asks for the catalogue's version", ground({ web: {} }), { version: "2" }],
    [
      "tries one again that failed in this version",
      ground({ web: { version: "2" } }, { records: failedIn("2") }),
      { version: "2", retried_at: NOW },
    ],
    [
      "tries again what failed in another version, which may have had the same containers",
      ground({ web: {} }, { records: failedIn("1.5") }),
      { version: "2", retried_at: NOW },
    ],
    ["lifts a pin", ground({ web: { version: "1" } }), { version: "2" }],
  ])("%s", (_what, on, fields) => {
    const planned = planEdit({ kind: "update", apps: ["web"] }, on);
    expect(Object.fromEntries(planned.edits.map(({ path, value }) => [path.at(-1), value]))).toEqual(fields);
    expect(planned.wants).toEqual({ web: "2" });
    expect(planned.apply(on.config).apps["web"]).toMatchObject(fields);
  });

  test("leaves alone what is up to date, and says so", () => {
    const planned = planEdit({ kind: "update", apps: ["base", "web"] }, ground({ base: {}, web: {} }));
    expect(planned).toMatchObject({ changed: ["web"], remarks: ["base is up to date: version 1"] });
  });

  test.each<[string, string, Record<string, Record<string, unknown>>, string]>([
    ["is not installed", "web", {}, "ARC_APP_UNKNOWN"],
    ["is not in the catalogue", "gone", { gone: {} }, "ARC_APP_UNKNOWN"],
    ["has a broken manifest", "broken", { broken: {} }, "ARC_MANIFEST_INVALID"],
  ])("is refused for an app that %s", (_what, name, apps, code) => {
    expect(() => planEdit({ kind: "update", apps: [name] }, ground(apps))).toThrow(expect.objectContaining({ code }));
  });
});

test("an install brings what is required, providers first", () => {
  const planned = planEdit({ kind: "install", apps: ["user"] }, ground({}));
  expect(planned.changed).toEqual(["base", "user"]);
});

describe("uninstall", () => {
  test("takes the entry out", () => {
    const planned = planEdit({ kind: "uninstall", apps: ["web"] }, ground({ web: {} }));
    expect(planned.edits).toEqual([{ path: ["apps", "web"], value: null }]);
  });

  test("is refused where others require it, unless they go too", () => {
    const on = ground({ base: {}, user: {} });
    expect(() => planEdit({ kind: "uninstall", apps: ["base"] }, on)).toThrow("base is required by user");
    expect(planEdit({ kind: "uninstall", apps: ["base", "user"] }, on).changed).toEqual(["base", "user"]);
  });

  test("is for what is left of an app, too, and for nothing else that is not wanted", () => {
    const on = ground({}, { leftovers: new Set(["gone"]) });
    expect(planEdit({ kind: "uninstall", apps: ["gone"] }, on).changed).toEqual(["gone"]);
    expect(() => planEdit({ kind: "uninstall", apps: ["other"] }, on)).toThrow(/other is not installed/);
  });
});

test.each(["start", "stop", "restart", "retry"] as const)("%s is refused for an app that is not installed", (kind) => {
  expect(() => planEdit({ kind, apps: ["web"] }, ground({}))).toThrow(/web is not installed/);
});

test("retry says since when what failed is tried again", () => {
  const planned = planEdit({ kind: "retry", apps: ["web"] }, ground({ web: {} }));
  expect(planned.edits).toEqual([{ path: ["apps", "web", "retried_at"], value: NOW }]);
});

test("retry counts where the clock was ahead when it failed, too", () => {
  const ahead = Date.parse("2030-01-01T00:00:00.000Z");
  const quarantine = { containers: {}, version: "2", reason: "r", at: ahead, failed: [] };
  const records = new Map([["web", { ...EMPTY_RECORD, quarantine }]]);
  const planned = planEdit({ kind: "retry", apps: ["web"] }, ground({ web: {} }, { records }));
  expect(planned.edits).toEqual([{ path: ["apps", "web", "retried_at"], value: "2030-01-01T00:00:00.001Z" }]);
});
