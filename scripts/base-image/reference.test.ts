import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../src/testkit/temporary-folder.ts";
import { baseImageReference } from "./reference.ts";

function apps(root: string, from: Readonly<Record<string, string>>): string {
  for (const [app, containerfile] of Object.entries(from)) {
    mkdirSync(path.join(root, app, "ui"), { recursive: true });
    writeFileSync(path.join(root, app, "ui", "Containerfile"), containerfile);
  }
  mkdirSync(path.join(root, "an-app-without-ui"));
  return root;
}

it("names the one base image of all UI apps", () => {
  using folder = temporaryFolder();
  const from = "FROM docker.io/library/nginx:1.2.3\nCOPY public /\n";
  expect(baseImageReference(apps(folder.path, { a: from, b: from, other: "FROM scratch\n" }))).toBe(
    "docker.io/library/nginx:1.2.3",
  );
});

it("refuses apps that do not agree: one stand-in must serve them all", () => {
  using folder = temporaryFolder();
  const where = apps(folder.path, { a: "FROM x/nginx:1\n", b: "FROM x/nginx:2\n" });
  expect(() => baseImageReference(where)).toThrow("x/nginx:1, x/nginx:2");
});

it("refuses a catalogue without any", () => {
  using folder = temporaryFolder();
  expect(() => baseImageReference(apps(folder.path, {}))).toThrow("no Containerfile");
});
