import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { AppFolder } from "../../core/manifest/manifest.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { DirectoryAcceptedStore } from "./accepted-store.ts";
import { DirectoryFolderSource } from "./folder-source.ts";

const longAfter = (): number => Date.now() + 60_000;
const BINARY = new Uint8Array([0x89, 0, 0xff]);

/** A catalogue with one app, and an accepted store beside it. */
function fixture(root: string) {
  const app = join(root, "apps/app");
  const accepted = join(root, "accepted");
  mkdirSync(join(app, "ui"), { recursive: true });
  writeFileSync(join(app, "manifest.yml"), "id: app # one");
  writeFileSync(join(app, "ui/logo.png"), BINARY);
  writeFileSync(join(app, "ui/run.sh"), "#!/bin/sh\necho '$1'\n");
  chmodSync(join(app, "ui/run.sh"), 0o755);
  symlinkSync("ui/run.sh", join(app, "link.sh"));
  symlinkSync("/etc/passwd", join(app, "out"));
  const catalogue = new DirectoryFolderSource(join(root, "apps"));
  const current = async (): Promise<AppFolder> => {
    const folder = (await catalogue.read()).get("app");
    if (!folder) throw new Error("no app in the catalogue");
    return folder;
  };
  return { app, accepted, current, store: new DirectoryAcceptedStore(accepted, longAfter) };
}

test("an accepted copy holds the regular files with their modes, and no links", async () => {
  using temporary = temporaryFolder();
  const { accepted, current, store } = fixture(temporary.path);
  await store.accept(await current());
  const copy = (await store.read()).get("app");
  expect(copy?.manifestText).toBe("id: app # one");
  expect([...(copy?.files.keys() ?? [])]).toEqual(["link.sh", "ui/logo.png", "ui/run.sh"]);
  expect(copy?.files.get("link.sh")?.mode).toBe(0o755);
  expect(copy?.escapes.size).toBe(0);
  expect(readFileSync(join(accepted, "app/ui/logo.png"))).toEqual(Buffer.from(BINARY));
  expect(readdirSync(accepted)).toEqual(["app"]);
});

test("a new copy takes the place of the old one whole", async () => {
  using temporary = temporaryFolder();
  const { app, accepted, current, store } = fixture(temporary.path);
  await store.accept(await current());
  writeFileSync(join(app, "manifest.yml"), "id: app # two");
  renameSync(join(app, "ui"), join(app, "web"));
  await store.accept(await current());
  const copy = (await store.read()).get("app");
  expect(copy?.manifestText).toBe("id: app # two");
  expect([...(copy?.files.keys() ?? [])]).toEqual(["web/logo.png", "web/run.sh"]);
  expect(readdirSync(accepted)).toEqual(["app"]);
});

test("accepting the same again writes nothing", async () => {
  using temporary = temporaryFolder();
  const { accepted, current, store } = fixture(temporary.path);
  await store.accept(await current());
  const before = statSync(join(accepted, "app"), { bigint: true });
  await store.accept(await current());
  const after = statSync(join(accepted, "app"), { bigint: true });
  expect([after.ino, after.ctimeNs]).toEqual([before.ino, before.ctimeNs]);
});

test("a copy that somebody edited is put right by accepting again", async () => {
  using temporary = temporaryFolder();
  const { accepted, current, store } = fixture(temporary.path);
  await store.accept(await current());
  writeFileSync(join(accepted, "app/manifest.yml"), "spoilt");
  await store.accept(await current());
  expect((await store.read()).get("app")?.manifestText).toBe("id: app # one");
});

test("a binary file that changed since it was judged is refused, and the old copy stays", async () => {
  using temporary = temporaryFolder();
  const { app, accepted, current, store } = fixture(temporary.path);
  await store.accept(await current());
  writeFileSync(join(app, "manifest.yml"), "id: app # two");
  const judged = await current();
  writeFileSync(join(app, "ui/logo.png"), new Uint8Array([0, 1]));
  await expect(store.accept(judged)).rejects.toMatchObject({ code: "ARC_PLAN_STALE" });
  expect((await store.read()).get("app")?.manifestText).toBe("id: app # one");
  expect(readdirSync(accepted)).toEqual(["app"]);
});

test("a folder with problems is never accepted", async () => {
  using temporary = temporaryFolder();
  const { app, current, store } = fixture(temporary.path);
  writeFileSync(join(app, "manifest.yml"), new Uint8Array([0xff]));
  await expect(store.accept(await current())).rejects.toMatchObject({ code: "ARC_MANIFEST_INVALID" });
  expect((await store.read()).size).toBe(0);
});

test("a crash between the two renames loses nothing: the old copy comes back", async () => {
  using temporary = temporaryFolder();
  const { accepted, current, store } = fixture(temporary.path);
  await store.accept(await current());
  renameSync(join(accepted, "app"), join(accepted, ".app.0123456789ab.old.arc-tmp"));
  mkdirSync(join(accepted, ".app.ba9876543210.arc-tmp"));
  const next = new DirectoryAcceptedStore(accepted, longAfter);
  expect((await next.read()).get("app")?.manifestText).toBe("id: app # one");
  expect(readdirSync(accepted)).toEqual(["app"]);
});

test("a crash after both renames leaves the new copy, and the old one is cleared away", async () => {
  using temporary = temporaryFolder();
  const { accepted, current, store } = fixture(temporary.path);
  await store.accept(await current());
  mkdirSync(join(accepted, ".app.0123456789ab.old.arc-tmp"));
  await new DirectoryAcceptedStore(accepted, longAfter).read();
  expect(readdirSync(accepted)).toEqual(["app"]);
});

test("a forgotten app is gone, and stays gone after a crash in the middle of forgetting", async () => {
  using temporary = temporaryFolder();
  const { accepted, current, store } = fixture(temporary.path);
  await store.accept(await current());
  await store.forget("app");
  await store.forget("never-there");
  expect((await store.read()).size).toBe(0);
  expect(readdirSync(accepted)).toEqual([]);
  mkdirSync(join(accepted, ".app.0123456789ab.arc-tmp"));
  expect((await new DirectoryAcceptedStore(accepted, longAfter).read()).size).toBe(0);
});

test.each(["..", "a/b", ".hidden", ""])("the name %j can't lead elsewhere", async (name) => {
  using temporary = temporaryFolder();
  const { accepted, store } = fixture(temporary.path);
  await expect(store.forget(name)).rejects.toMatchObject({ code: "ARC_HOME" });
  expect(existsSync(accepted)).toBe(false);
});

test("accepting and reading at once never shows an app without a description", async () => {
  using temporary = temporaryFolder();
  const { app, current, store } = fixture(temporary.path);
  await store.accept(await current());
  let writing = true;
  const written = (async () => {
    for (let round = 0; round < 10; round += 1) {
      writeFileSync(join(app, "manifest.yml"), `id: app # ${round}`);
      await store.accept(await current());
    }
  })().finally(() => (writing = false));
  while (writing) {
    expect((await store.read()).has("app")).toBe(true);
    // An unchanged directory is read without giving way to the writer.
    await setImmediate();
  }
  await written;
});
