import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { DirectoryFolderSource } from "./folder-source.ts";

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const longAfter = (): number => Date.now() + 60_000;

function put(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content, { mode: 0o644 });
  }
}

/** One app folder `app` as it is read. */
async function readApp(root: string) {
  const folder = (await new DirectoryFolderSource(root).read()).get("app");
  if (!folder) throw new Error("the app's folder was not read");
  return folder;
}

describe("a folder source", () => {
  test("reads every folder that has a manifest, in order, and nothing else", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, {
      "b/manifest.yml": "id: b",
      "a/manifest.yml": "id: a",
      "none/readme.md": "no manifest",
      ".hidden/manifest.yml": "x",
      ".a.0123456789ab.arc-tmp/manifest.yml": "half",
      "manifest.yml": "a file beside the folders",
    });
    const folders = await new DirectoryFolderSource(temporary.path).read();
    expect([...folders.keys()]).toEqual(["a", "b"]);
    expect(folders.get("a")).toEqual({
      name: "a",
      path: join(temporary.path, "a"),
      manifestFile: join(temporary.path, "a", "manifest.yml"),
      manifestText: "id: a",
      files: new Map(),
      escapes: new Set(),
    });
  });

  test("gives each file's digest, mode and text, and no text for what is none", async () => {
    using temporary = temporaryFolder();
    const binary = new Uint8Array([0x7f, 0x45, 0, 1]);
    const latin1 = new Uint8Array([0xe9, 0x0a]);
    const marked = "\uFEFFwith a byte order mark";
    const large = "x".repeat(1024 * 1024 + 1);
    put(join(temporary.path, "app"), {
      "manifest.yml": "id: app",
      "ui/index.html": "<p>$HOME 'é'</p>\n",
      "ui/empty": "",
      "ui/binary": binary,
      "ui/latin1": latin1,
      "ui/marked": marked,
      "ui/large": large,
      ".git/HEAD": "skipped",
      "ui/node_modules/x/index.js": "skipped",
    });
    chmodSync(join(temporary.path, "app/ui/binary"), 0o755);
    const { files } = await readApp(temporary.path);
    expect(Object.fromEntries(files)).toEqual({
      "ui/binary": { digest: sha256(binary), mode: 0o755, text: null },
      "ui/empty": { digest: sha256(""), mode: 0o644, text: "" },
      "ui/index.html": { digest: sha256("<p>$HOME 'é'</p>\n"), mode: 0o644, text: "<p>$HOME 'é'</p>\n" },
      "ui/large": { digest: sha256(large), mode: 0o644, text: null },
      "ui/latin1": { digest: sha256(latin1), mode: 0o644, text: null },
      "ui/marked": { digest: sha256(marked), mode: 0o644, text: marked },
    });
  });

  test("shows manifests by the directory as it was given", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, { "app/manifest.yml": "id: app" });
    const given = join("..", "..", "..", "..", "..", "..", "..", "..", temporary.path);
    const folder = (await new DirectoryFolderSource(given).read()).get("app");
    expect(folder?.manifestFile).toBe(join(given, "app/manifest.yml"));
    expect(folder?.manifestFile.startsWith("..")).toBe(true);
    expect(realpathSync(folder?.path ?? "")).toBe(join(temporary.path, "app"));
    expect(folder?.path.startsWith("/")).toBe(true);
  });

  test("is empty where the directory is gone, and fills when it comes back", async () => {
    using temporary = temporaryFolder();
    const root = join(temporary.path, "apps");
    const source = new DirectoryFolderSource(root);
    expect((await source.read()).size).toBe(0);
    put(root, { "app/manifest.yml": "id: app" });
    expect((await source.read()).size).toBe(1);
    rmSync(root, { recursive: true });
    expect((await source.read()).size).toBe(0);
  });
});

describe("symbolic links", () => {
  test("inside the folder are followed, as files and as folders", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, { "app/manifest.yml": "id: app", "app/shared/a.txt": "a" });
    symlinkSync("shared/a.txt", join(temporary.path, "app/link.txt"));
    symlinkSync("shared", join(temporary.path, "app/also"));
    const { files, escapes } = await readApp(temporary.path);
    expect([...files].map(([name, file]) => [name, file.text])).toEqual([
      ["also/a.txt", "a"],
      ["link.txt", "a"],
      ["shared/a.txt", "a"],
    ]);
    expect(escapes.size).toBe(0);
  });

  test("that lead out, nowhere or round in a circle are escapes and never read", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, { "app/manifest.yml": "id: app", "app/ui/a": "a", "app-other/x": "x", secret: "s" });
    const link = (target: string, name: string): void => symlinkSync(target, join(temporary.path, "app", name));
    link("../secret", "out");
    link("/etc", "absolute");
    link("../app-other", "sibling-with-the-same-prefix");
    link("nowhere", "broken");
    link("itself", "itself");
    link("..", "ui/up-and-over");
    link(".", "ui/self");
    symlinkSync(join(temporary.path, "secret"), join(temporary.path, "hop"));
    link("../hop", "by-two-hops");
    const { files, escapes } = await readApp(temporary.path);
    expect([...files.keys()]).toEqual(["ui/a"]);
    expect([...escapes].toSorted()).toEqual([
      "absolute",
      "broken",
      "by-two-hops",
      "itself",
      "out",
      "sibling-with-the-same-prefix",
      "ui/self",
      "ui/up-and-over",
    ]);
  });

  test("that begin to lead out are noticed though nothing inside the folder moved", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, { "app/manifest.yml": "id: app", "app/a": "a", b: "b" });
    symlinkSync(join(temporary.path, "app/a"), join(temporary.path, "hop"));
    symlinkSync("../hop", join(temporary.path, "app/link"));
    const source = new DirectoryFolderSource(temporary.path, longAfter);
    expect((await source.read()).get("app")?.files.has("link")).toBe(true);
    rmSync(join(temporary.path, "hop"));
    symlinkSync(join(temporary.path, "b"), join(temporary.path, "hop"));
    const folder = (await source.read()).get("app");
    expect(folder?.files.has("link")).toBe(false);
    expect(folder?.escapes.has("link")).toBe(true);
  });

  test("may stand for a whole app, whose own folder then counts", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, { "elsewhere/manifest.yml": "id: app", "elsewhere/a": "a" });
    mkdirSync(join(temporary.path, "apps"));
    symlinkSync("../elsewhere", join(temporary.path, "apps/app"));
    symlinkSync("a", join(temporary.path, "elsewhere/b"));
    const { files, escapes } = await readApp(join(temporary.path, "apps"));
    expect([...files.keys()]).toEqual(["a", "b"]);
    expect(escapes.size).toBe(0);
  });
});

describe("an unchanged folder is the same object", () => {
  test("when nothing was touched, and when a file was touched but says the same", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, { "app/manifest.yml": "id: app", "app/a": "a" });
    const source = new DirectoryFolderSource(temporary.path, longAfter);
    const first = (await source.read()).get("app");
    expect((await source.read()).get("app")).toBe(first);
    put(temporary.path, { "app/a": "a" });
    expect((await source.read()).get("app")).toBe(first);
  });

  const changes: readonly (readonly [string, (app: string) => void])[] = [
    ["a file's content", (app) => writeFileSync(join(app, "a"), "b")],
    ["a file's mode", (app) => chmodSync(join(app, "a"), 0o755)],
    ["the manifest", (app) => writeFileSync(join(app, "manifest.yml"), "id: apq")],
    ["a new file in a folder below", (app) => writeFileSync(join(app, "ui/deep/new"), "")],
    ["a file that is gone", (app) => rmSync(join(app, "a"))],
    ["a file's name", (app) => renameSync(join(app, "a"), join(app, "z"))],
    ["a link that escapes", (app) => symlinkSync("/etc/passwd", join(app, "ui/link"))],
  ];
  test.each(changes)("but another one after a change of %s", async (_case, change) => {
    using temporary = temporaryFolder();
    put(temporary.path, {
      "app/manifest.yml": "id: app",
      "app/a": "a",
      "app/ui/deep/x": "x",
      "other/manifest.yml": "",
    });
    const source = new DirectoryFolderSource(temporary.path, longAfter);
    const before = await source.read();
    change(join(temporary.path, "app"));
    const after = await source.read();
    expect(after.get("app")).not.toBe(before.get("app"));
    expect(after.get("other")).toBe(before.get("other"));
  });
});

describe("a folder that can't be read whole", () => {
  const cases: readonly (readonly [string, (app: string) => void, string])[] = [
    ["too many files", (app) => manyFiles(app), "the app's folder holds more than 2000 files"],
    [
      "too many bytes",
      (app) => {
        writeFileSync(join(app, "sparse"), "");
        truncateSync(join(app, "sparse"), 64 * 1024 * 1024);
      },
      "the app's folder holds more than 64 MB",
    ],
    [
      "a manifest that is no text",
      (app) => writeFileSync(join(app, "manifest.yml"), new Uint8Array([0xff])),
      "no UTF-8",
    ],
    ["a manifest above 1 MB", (app) => writeFileSync(join(app, "manifest.yml"), "#".repeat(1_048_577)), "larger than"],
    [
      "a manifest that leads out",
      (app) => {
        rmSync(join(app, "manifest.yml"));
        symlinkSync("/etc/passwd", join(app, "manifest.yml"));
      },
      "leads out of the folder",
    ],
  ];
  test.each(cases)("(%s) says why, describes no app and hides no other", async (_case, spoil, reason) => {
    using temporary = temporaryFolder();
    put(temporary.path, { "app/manifest.yml": "id: app", "app/a": "a", "other/manifest.yml": "id: other" });
    spoil(join(temporary.path, "app"));
    const source = new DirectoryFolderSource(temporary.path, longAfter);
    const folders = await source.read();
    const folder = folders.get("app");
    expect(folder?.problems?.map((problem) => problem.message).join()).toContain(reason);
    expect(folder?.problems?.[0]?.at).toEqual({ file: folder?.manifestFile, line: 1, column: 1 });
    expect(folder?.manifestText).toBe("");
    expect(folders.get("other")?.manifestText).toBe("id: other");
    expect((await source.read()).get("app")).toBe(folder);
  });

  test("is whole again once it is mended", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, { "app/manifest.yml": "id: app" });
    manyFiles(join(temporary.path, "app"));
    const source = new DirectoryFolderSource(temporary.path, longAfter);
    expect((await source.read()).get("app")?.problems).toHaveLength(1);
    rmSync(join(temporary.path, "app/many"), { recursive: true });
    const folder = (await source.read()).get("app");
    expect(folder?.problems).toBeUndefined();
    expect(folder?.manifestText).toBe("id: app");
  });

  test("a FIFO among the files neither blocks nor counts", async () => {
    using temporary = temporaryFolder();
    put(temporary.path, { "app/manifest.yml": "id: app", "app/a": "a" });
    execFileSync("mkfifo", [join(temporary.path, "app/fifo")]);
    expect([...(await readApp(temporary.path)).files.keys()]).toEqual(["a"]);
  });
});

function manyFiles(app: string): void {
  mkdirSync(join(app, "many"));
  for (let index = 0; index < 2_001; index += 1) writeFileSync(join(app, "many", String(index)), "");
}
