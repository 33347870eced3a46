import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { KeptNodeFile } from "./kept-node-file.ts";
import { YamlNodeFile } from "./node-file.ts";

const longAfter = (): number => Date.now() + 60_000;

/** What one daemon makes of a home; another one makes it anew. */
const daemonOn = (home: string): KeptNodeFile =>
  new KeptNodeFile(new YamlNodeFile(join(home, "node.yml"), { now: longAfter }), join(home, "kept.yml"));

test("a file that is broken when the daemon starts is answered with what was valid before", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "node.yml");
  writeFileSync(path, "apps: { lnd: {} }\n");
  await daemonOn(temporary.path).read();
  writeFileSync(path, "apps: [\n");
  const file = daemonOn(temporary.path);
  const state = await file.read();
  expect(state).toMatchObject({ valid: false, problems: [{}], last: { apps: { lnd: {} } } });
  const again = await file.read();
  expect(again.valid || again.last).toBe(state.valid || state.last);
  writeFileSync(path, "apps: { tor: {} }\n");
  expect(await file.read()).toMatchObject({ valid: true, config: { apps: { tor: {} } } });
});

test("what is kept follows the file, and is written only when that moves", async () => {
  using temporary = temporaryFolder();
  const [path, kept] = [join(temporary.path, "node.yml"), join(temporary.path, "kept.yml")];
  writeFileSync(path, "apps: { lnd: {} }\n");
  const file = daemonOn(temporary.path);
  await file.edit([{ path: ["apps", "tor"], value: {} }]);
  await file.read();
  expect(readFileSync(kept, "utf8")).toBe(readFileSync(path, "utf8"));
  const { ino } = statSync(kept);
  await file.read();
  await daemonOn(temporary.path).read();
  expect(statSync(kept).ino).toBe(ino);
});

test.each([
  ["a missing file", undefined],
  ["an empty one", ""],
])("%s is not kept in place of a good one", async (_case, text) => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "node.yml");
  writeFileSync(join(temporary.path, "kept.yml"), "apps: { lnd: {} }\n");
  if (text !== undefined) writeFileSync(path, text);
  expect(await daemonOn(temporary.path).read()).toMatchObject({ valid: true, text: "" });
  expect(readFileSync(join(temporary.path, "kept.yml"), "utf8")).toContain("lnd");
});

test.each([
  ["nothing was kept", undefined],
  ["what was kept is not valid", "apps: ]\n"],
])("where %s, there is no last valid state", async (_case, text) => {
  using temporary = temporaryFolder();
  writeFileSync(join(temporary.path, "node.yml"), "apps: [\n");
  if (text !== undefined) writeFileSync(join(temporary.path, "kept.yml"), text);
  expect(await daemonOn(temporary.path).read()).toMatchObject({ valid: false, last: null });
});

test("a copy that can't be written stands in nobody's way", async () => {
  using temporary = temporaryFolder();
  writeFileSync(join(temporary.path, "node.yml"), "apps: { lnd: {} }\n");
  const inner = new YamlNodeFile(join(temporary.path, "node.yml"), { now: longAfter });
  const file = new KeptNodeFile(inner, join(temporary.path, "no-folder", "kept.yml"));
  expect(await file.read()).toMatchObject({ valid: true, config: { apps: { lnd: {} } } });
});
