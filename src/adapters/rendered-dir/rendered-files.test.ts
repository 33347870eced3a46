import * as fc from "fast-check";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { DirectoryRenderedFiles } from "./rendered-files.ts";
import { renderedName } from "./rendered-name.ts";

const longAfter = (): number => Date.now() + 60_000;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const modeOf = (path: string): number => statSync(path).mode & 0o7777;
const CONF = "/etc/nginx/nginx.conf";

describe("a rendered file's name", () => {
  test.each([
    [CONF, "etc+nginx+nginx.conf"],
    ["/cfg/a+b c.conf", "cfg+a%2Bb%20c.conf"],
    ["/.hidden/x", "%2Ehidden+x"],
    ["/é", "%C3%A9"],
    ["/a%2Fb", "a%252Fb"],
  ])("for %s is %s", (target, name) => {
    expect(renderedName(target)).toBe(name);
  });

  test("is another for every target, is short enough and stays in its folder", () => {
    const target = fc.stringMatching(/^(\/[a-z.+%~é ]{1,8}){1,40}$/);
    fc.assert(
      fc.property(target, target, (left, right) => {
        const names = [renderedName(left), renderedName(right)];
        expect(names[0] === names[1]).toBe(left === right);
        for (const name of names) {
          expect(name).not.toMatch(/^\.|\//);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        }
      }),
    );
  });

  test("tells long targets with the same beginning apart", () => {
    const long = `/${"x".repeat(300)}`;
    expect(renderedName(`${long}a`)).not.toBe(renderedName(`${long}b`));
  });

  test.each(["relative", "/", "/folder/", "", "/a\0b"])("is refused for %j", (target) => {
    expect(() => renderedName(target)).toThrow("rendered file's target");
  });
});

function fixture(root: string) {
  const files = new DirectoryRenderedFiles(join(root, "rendered"), longAfter);
  const observe = async () => (await files.observe("app", "app.g1", [CONF])).get(CONF);
  const write = (content: string, mode = "0444") => files.write("app", "app.g1", [{ target: CONF, content, mode }]);
  return { files, observe, write, path: files.path("app", "app.g1", CONF) };
}

describe("rendered files", () => {
  test("are observed as they were written", async () => {
    using temporary = temporaryFolder();
    const { files, path } = fixture(temporary.path);
    const content = "a $HOME '\"' %\n";
    await files.write("app", "app.g1", [
      { target: CONF, content, mode: "0440" },
      { target: "/empty", content: "", mode: "0644" },
    ]);
    expect(readFileSync(path, "utf8")).toBe(content);
    expect([...(await files.observe("app", "app.g1", [CONF, "/empty", "/absent"]))]).toEqual([
      [CONF, { sha256: sha256(content), mode: "0440" }],
      ["/empty", { sha256: sha256(""), mode: "0644" }],
      ["/absent", { sha256: null, mode: null }],
    ]);
  });

  test("lie in folders that only the daemon can enter, and have the owner they were given", async () => {
    using temporary = temporaryFolder();
    const { files, path } = fixture(temporary.path);
    const owner = `${process.getuid?.()}:${process.getgid?.()}`;
    await files.write("app", "app.g1", [{ target: CONF, content: "s3cret", mode: "0400", owner }]);
    expect(modeOf(path)).toBe(0o400);
    for (const folder of ["rendered", "rendered/app", "rendered/app/app.g1"]) {
      expect(modeOf(join(temporary.path, folder))).toBe(0o700);
    }
  });

  test.runIf(process.getuid?.() === 0)("are given to the container's user, or to root", async () => {
    using temporary = temporaryFolder();
    const { files, path } = fixture(temporary.path);
    await files.write("app", "app.g1", [{ target: CONF, content: "x", mode: "0400", owner: "1000:2000" }]);
    expect([statSync(path).uid, statSync(path).gid]).toEqual([1000, 2000]);
    await files.writeThrough("app", "app.g1", [{ target: CONF, content: "y", mode: "0444" }]);
    expect([statSync(path).uid, statSync(path).gid]).toEqual([0, 0]);
  });

  const drifts: readonly (readonly [string, (path: string) => void, unknown])[] = [
    ["edited", (path) => writeFileSync(path, "two"), { sha256: sha256("two"), mode: "0644" }],
    ["removed", (path) => rmSync(path), { sha256: null, mode: null }],
    ["given another mode", (path) => chmodSync(path, 0o666), { sha256: sha256("one"), mode: "0666" }],
    [
      "replaced by a link",
      (path) => {
        rmSync(path);
        symlinkSync("/etc/hostname", path);
      },
      { sha256: null, mode: null },
    ],
    [
      "replaced by a folder",
      (path) => {
        rmSync(path);
        mkdirSync(join(path, "deep"), { recursive: true });
      },
      { sha256: null, mode: null },
    ],
  ];
  test.each(drifts)(
    "that were %s behind our back are seen, and healed by writing again",
    async (_case, spoil, seen) => {
      using temporary = temporaryFolder();
      const { observe, write, path } = fixture(temporary.path);
      await write("one", "0644");
      const right = await observe();
      spoil(path);
      expect(await observe()).toEqual(seen);
      await write("one", "0644");
      expect(await observe()).toEqual(right);
      expect(existsSync("/etc/hostname")).toBe(true);
    },
  );

  test("get a new inode by a write and keep it by a write-through", async () => {
    using temporary = temporaryFolder();
    const { files, observe, write, path } = fixture(temporary.path);
    await write("a long first text");
    const first = statSync(path).ino;
    await write("second");
    const second = statSync(path).ino;
    expect(second).not.toBe(first);
    await files.writeThrough("app", "app.g1", [{ target: CONF, content: "3", mode: "0400" }]);
    expect(statSync(path).ino).toBe(second);
    expect(await observe()).toEqual({ sha256: sha256("3"), mode: "0400" });
  });

  test("that are missing are made by a write-through, and a link is replaced and not written through", async () => {
    using temporary = temporaryFolder();
    const { files, observe, path } = fixture(temporary.path);
    const file = { target: CONF, content: "x", mode: "0444" };
    await files.writeThrough("app", "app.g1", [file]);
    expect(await observe()).toEqual({ sha256: sha256("x"), mode: "0444" });
    rmSync(path);
    writeFileSync(join(temporary.path, "outside"), "untouched");
    symlinkSync(join(temporary.path, "outside"), path);
    await files.writeThrough("app", "app.g1", [file]);
    expect(readFileSync(join(temporary.path, "outside"), "utf8")).toBe("untouched");
    expect(await observe()).toEqual({ sha256: sha256("x"), mode: "0444" });
  });

  test("are forgotten container by container", async () => {
    using temporary = temporaryFolder();
    const { files, write } = fixture(temporary.path);
    expect(await files.names("app")).toEqual([]);
    await write("x");
    await files.writeRecord("app", "app.g2", "{}");
    mkdirSync(join(temporary.path, "rendered/app/.app.g3.0123456789ab.arc-tmp"));
    expect(await files.names("app")).toEqual(["app.g1", "app.g2"]);
    await files.remove("app", "app.g1");
    expect(await files.names("app")).toEqual(["app.g2"]);
    rmSync(join(temporary.path, "rendered/app/.app.g3.0123456789ab.arc-tmp"), { recursive: true });
    await files.remove("app", "app.g2");
    await files.remove("app", "never");
    expect(readdirSync(join(temporary.path, "rendered"))).toEqual([]);
  });

  test.each([
    ["../x", "app.g1"],
    ["app", ".."],
    ["app", "a/b"],
  ])("can't be led out of their folder by the names %j and %j", async (app, name) => {
    using temporary = temporaryFolder();
    const { files } = fixture(temporary.path);
    expect(() => files.path(app, name, CONF)).toThrow("can't be the name");
    await expect(files.remove(app, name)).rejects.toMatchObject({ code: "ARC_HOME" });
  });
});

describe("a container's record", () => {
  test("is read back, beside its files and mode 0600", async () => {
    using temporary = temporaryFolder();
    const { files, path } = fixture(temporary.path);
    expect(await files.readRecord("app", "app.g1")).toBeNull();
    await files.writeRecord("app", "app.g1", '{"a":1}');
    expect(await files.readRecord("app", "app.g1")).toBe('{"a":1}');
    await files.writeRecord("app", "app.g1", "");
    expect(await files.readRecord("app", "app.g1")).toBe("");
    const [record] = readdirSync(join(path, ".."));
    expect(record).not.toBe(basename(path));
    expect(modeOf(join(path, "..", record ?? ""))).toBe(0o600);
    await files.remove("app", "app.g1");
    expect(await files.readRecord("app", "app.g1")).toBeNull();
  });
});
