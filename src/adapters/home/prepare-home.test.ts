import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { temporarySibling } from "../files/leftover.ts";
import { SystemRandom } from "../random/system-random.ts";
import { homeLayout } from "./home-layout.ts";
import { nodeId } from "./node-id.ts";
import { cleanHome, prepareHome } from "./prepare-home.ts";

const modeOf = (path: string): number => statSync(path).mode & 0o7777;

describe("preparing a home", () => {
  test("makes it with its folders, and closes those that other users must not see", async () => {
    using temporary = temporaryFolder();
    const layout = homeLayout(join(temporary.path, "deep/home"));
    await prepareHome(layout);
    expect(readdirSync(layout.home).toSorted()).toEqual(["accepted", "data", "rendered", "run", "secrets", "trash"]);
    for (const closed of [layout.secrets, layout.rendered, layout.run, layout.trash, layout.data]) {
      expect(modeOf(closed)).toBe(0o700);
    }
  });

  test("again puts opened folders right, and leaves the owner's choice for data", async () => {
    using temporary = temporaryFolder();
    const layout = homeLayout(temporary.path);
    await prepareHome(layout);
    chmodSync(layout.secrets, 0o777);
    chmodSync(layout.data, 0o755);
    await prepareHome(layout);
    expect([modeOf(layout.secrets), modeOf(layout.data)]).toEqual([0o700, 0o755]);
  });

  test("follows a link to a folder", async () => {
    using temporary = temporaryFolder();
    mkdirSync(join(temporary.path, "disk"));
    symlinkSync("disk", join(temporary.path, "home"));
    await prepareHome(homeLayout(join(temporary.path, "home")));
    expect(readdirSync(join(temporary.path, "disk"))).toContain("secrets");
  });

  const refused: readonly (readonly [string, (root: string) => string, string])[] = [
    [
      "a link that leads nowhere",
      (root) => {
        symlinkSync("absent", join(root, "home"));
        return join(root, "home");
      },
      "leads nowhere",
    ],
    [
      "a link to itself",
      (root) => {
        symlinkSync("home", join(root, "home"));
        return join(root, "home");
      },
      "leads nowhere",
    ],
    [
      "a file",
      (root) => {
        writeFileSync(join(root, "home"), "");
        return join(root, "home");
      },
      "no folder",
    ],
    [
      "a place below a file",
      (root) => {
        writeFileSync(join(root, "file"), "");
        return join(root, "file/home");
      },
      "no folder",
    ],
    ["a filesystem that takes no files", () => "/proc/archipelago", "/proc/archipelago"],
    ["a path too long for a socket", (root) => join(root, "x".repeat(100)), "unix socket"],
    ["the root directory", () => "/", "can't be a home"],
    ["a relative path", () => "home", "can't be a home"],
  ];
  test.each(refused)("refuses %s", async (_case, make, reason) => {
    using temporary = temporaryFolder();
    await expect(prepareHome(homeLayout(make(temporary.path)))).rejects.toMatchObject({
      code: "ARC_HOME",
      message: expect.stringContaining(reason),
    });
  });
});

test("cleaning a home removes the leftovers of crashed writers and nothing else", async () => {
  using temporary = temporaryFolder();
  const layout = homeLayout(temporary.path);
  await prepareHome(layout);
  const rendered = join(layout.rendered, "app/app.g1/etc+app.conf");
  mkdirSync(join(rendered, ".."), { recursive: true });
  for (const path of [layout.nodeFile, join(layout.secrets, "pw"), rendered, join(layout.run, "token")]) {
    writeFileSync(path, "kept");
    writeFileSync(temporarySibling(path), "half");
  }
  expect(await cleanHome(layout)).toBe(4);
  expect(readFileSync(rendered, "utf8")).toBe("kept");
  expect(await cleanHome(layout)).toBe(0);
});

describe("the node id", () => {
  test("is made once and kept", async () => {
    using temporary = temporaryFolder();
    const path = join(temporary.path, "node-id");
    const id = await nodeId(path, new SystemRandom());
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await nodeId(path, new SystemRandom())).toBe(id);
  });

  test.each(["", "x", `${"a".repeat(33)}\n`])("of %j is refused and not replaced", async (text) => {
    using temporary = temporaryFolder();
    const path = join(temporary.path, "node-id");
    writeFileSync(path, text);
    await expect(nodeId(path, new SystemRandom())).rejects.toMatchObject({ code: "ARC_HOME" });
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});
