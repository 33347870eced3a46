import { expect, it } from "vitest";
import { parseManifest } from "../core/manifest/parse-manifest.ts";
import { parseNode } from "../core/manifest/parse-node.ts";
import { appFolder } from "./app-folder.ts";
import { type ManifestInput, manifestText, nodeText } from "./builders.ts";

const CASES: readonly (readonly [string, Partial<ManifestInput>, readonly string[]])[] = [
  ["the plainest app", {}, ["main"]],
  ["an app with another id", { id: "lnd" }, ["main"]],
  ["several containers", { containers: { one: { image: "a:1" }, two: { image: "b:1" } } }, ["one", "two"]],
];

it.each(CASES)("makes a valid manifest of %s", (_, overrides, containers) => {
  const text = manifestText(overrides);
  const parsed = parseManifest(appFolder(overrides.id ?? "web", { "manifest.yml": text }));
  expect(parsed).toMatchObject({ ok: true });
  expect(parsed.ok && Object.keys(parsed.value.containers)).toEqual(containers);
});

it("makes a valid node.yml", () => {
  const parsed = parseNode(nodeText({ web: {}, lnd: { state: "stopped" } }, { host: { cpus: 2 } }), "node.yml");
  expect(parsed).toMatchObject({
    ok: true,
    value: { apps: { web: { state: "running" }, lnd: { state: "stopped" } }, host: { cpus: 2 } },
  });
});
