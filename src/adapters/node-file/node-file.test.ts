import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { YamlNodeFile } from "./node-file.ts";

const longAfter = (): number => Date.now() + 60_000;

function fixture(root: string, text?: string) {
  const path = join(root, "node.yml");
  if (text !== undefined) writeFileSync(path, text, { mode: 0o644 });
  return { path, file: new YamlNodeFile(path, { shown: "node.yml", now: longAfter }) };
}

test("a missing file is the empty desired state", async () => {
  using temporary = temporaryFolder();
  const { file } = fixture(temporary.path);
  const state = await file.read();
  expect(state).toMatchObject({ valid: true, text: "", config: { apps: {}, updates: "manual" } });
  expect(await file.read()).toBe(state);
});

test("a file that says the same is the same object, touched or not", async () => {
  using temporary = temporaryFolder();
  const { path, file } = fixture(temporary.path, "apps: { lnd: {} }\n");
  const state = await file.read();
  writeFileSync(path, "apps: { lnd: {} }\n");
  expect(await file.read()).toBe(state);
  writeFileSync(path, "apps: { tor: {} }\n");
  expect(await file.read()).toMatchObject({ valid: true, config: { apps: { tor: {} } } });
});

test.each([
  ["text that is no YAML", "apps: [\n"],
  ["an unknown key", "aps: {}\n"],
  ["bytes that are no text", new Uint8Array([0xff, 0xfe])],
])("%s is not valid, names the place, and the last valid state goes on to count", async (_case, content) => {
  using temporary = temporaryFolder();
  const { path, file } = fixture(temporary.path, "apps: { lnd: {} }\n");
  await file.read();
  writeFileSync(path, content);
  const state = await file.read();
  expect(state).toMatchObject({ valid: false, last: { apps: { lnd: {} } } });
  expect(state.valid || state.problems[0]?.at?.file).toBe("node.yml");
});

test("a folder in its place is not valid, and there never was a state", async () => {
  using temporary = temporaryFolder();
  const { path, file } = fixture(temporary.path);
  mkdirSync(path);
  expect(await file.read()).toMatchObject({ valid: false, last: null });
  await expect(file.edit([{ path: ["apps", "lnd"], value: {} }])).rejects.toMatchObject({ code: "ARC_NODE_INVALID" });
});

test("an edit keeps comments, order and the file's mode, and leaves no leftover", async () => {
  using temporary = temporaryFolder();
  const { path, file } = fixture(temporary.path, "# mine\nupdates: manual # by hand\napps:\n  lnd: {}\n");
  chmodSync(path, 0o640);
  await file.edit([{ path: ["apps", "tor", "state"], value: "stopped" }]);
  const text = readFileSync(path, "utf8");
  expect(text).toContain("# mine\nupdates: manual # by hand\n");
  expect(await file.read()).toMatchObject({ valid: true, config: { apps: { lnd: {}, tor: { state: "stopped" } } } });
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(temporary.path)).toEqual(["node.yml"]);
});

test("an edit makes the file, and its folder, where there was none", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "home/node.yml");
  const file = new YamlNodeFile(path);
  await file.edit([{ path: ["apps", "lnd"], value: {} }]);
  expect(await file.read()).toMatchObject({ valid: true, config: { apps: { lnd: { state: "running" } } } });
  expect(statSync(path).mode & 0o777).toBe(0o644);
});

test("an edit that changes nothing does not write", async () => {
  using temporary = temporaryFolder();
  const { path, file } = fixture(temporary.path, "apps: { lnd: { state: stopped } }\n");
  const before = statSync(path).ino;
  await file.edit([{ path: ["apps", "lnd", "state"], value: "stopped" }]);
  expect(statSync(path).ino).toBe(before);
});

test("many edits at once all arrive", async () => {
  using temporary = temporaryFolder();
  const { file } = fixture(temporary.path);
  const apps = ["a", "b", "c", "d", "e"];
  await Promise.all(apps.map((app) => file.edit([{ path: ["apps", app, "state"], value: "stopped" }])));
  const state = await file.read();
  expect(state.valid && Object.keys(state.config.apps).toSorted()).toEqual(apps);
});

test.each([
  ["the file is not valid", "apps: [\n", { path: ["apps", "lnd"], value: {} }],
  ["the outcome would not be valid", "apps: {}\n", { path: ["apps", "lnd", "state"], value: "dancing" }],
])("an edit is refused when %s, and the file stays as it is", async (_case, text, edit) => {
  using temporary = temporaryFolder();
  const { path, file } = fixture(temporary.path, text);
  await expect(file.edit([edit])).rejects.toMatchObject({ code: "ARC_NODE_INVALID" });
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("a refused edit does not hold up the next one", async () => {
  using temporary = temporaryFolder();
  const { file } = fixture(temporary.path);
  const refused = file.edit([{ path: ["apps", "lnd", "state"], value: "dancing" }]);
  const done = file.edit([{ path: ["apps", "lnd", "state"], value: "stopped" }]);
  await expect(refused).rejects.toThrow();
  await done;
});

test("a link to the file stays a link", async () => {
  using temporary = temporaryFolder();
  const real = join(temporary.path, "etc-node.yml");
  writeFileSync(real, "apps: {}\n");
  const { path, file } = fixture(temporary.path);
  symlinkSync("etc-node.yml", path);
  await file.edit([{ path: ["apps", "lnd"], value: {} }]);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(real, "utf8")).toContain("lnd");
});

test("a file that is removed is the empty desired state again", async () => {
  using temporary = temporaryFolder();
  const { path, file } = fixture(temporary.path, "apps: { lnd: {} }\n");
  await file.read();
  rmSync(path);
  expect(await file.read()).toMatchObject({ valid: true, config: { apps: {} } });
});
