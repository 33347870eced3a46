import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { HostDataDirs } from "./data-dirs.ts";

function dataFolder() {
  const folder = temporaryFolder();
  const root = join(folder.path, "data");
  mkdirSync(root);
  return { root, outside: folder.path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const ownerOf = (path: string): string => `${lstatSync(path).uid}:${lstatSync(path).gid}`;
const modeOf = (path: string): number => statSync(path).mode & 0o7777;
const openHandles = (): number => readdirSync("/proc/self/fd").length;

test("missing folders are made with mode 0755 whatever the umask says, the root included", async () => {
  using folder = temporaryFolder();
  const root = join(folder.path, "home", "data");
  const before = process.umask(0o077);
  try {
    await new HostDataDirs().ensure(root, join(root, "lnd", "wallet"), null);
  } finally {
    process.umask(before);
  }
  expect([root, join(root, "lnd"), join(root, "lnd", "wallet")].map(modeOf)).toEqual([0o700, 0o755, 0o755]);
});

test("a folder that is there keeps its mode and, where nobody is named, its owner", async () => {
  using data = dataFolder();
  const path = join(data.root, "lnd");
  mkdirSync(path);
  chmodSync(path, 0o2750);
  const before = ownerOf(path);
  await new HostDataDirs().ensure(data.root, path, null);
  expect(modeOf(path)).toBe(0o2750);
  expect(ownerOf(path)).toBe(before);
});

/** Giving files away takes root; everything else is tested as anybody. */
describe.runIf(process.getuid?.() === 0)("ownership", () => {
  test("everything in a folder with another owner is given away, links themselves and not what they name", async () => {
    using data = dataFolder();
    const path = join(data.root, "lnd", "wallet");
    mkdirSync(join(path, "deep", "deeper"), { recursive: true });
    writeFileSync(join(path, "deep", "deeper", "file"), "x");
    mkdirSync(join(data.outside, "etc"));
    writeFileSync(join(data.outside, "etc", "shadow"), "x");
    symlinkSync(join(data.outside, "etc"), join(path, "deep", "out"));
    symlinkSync(join(data.outside, "etc", "shadow"), join(path, "shadow"));

    await new HostDataDirs().ensure(data.root, path, "1000:1001");
    const ours = ["", "deep", "deep/deeper", "deep/deeper/file", "deep/out", "shadow"].map((name) => join(path, name));
    expect(new Set(ours.map(ownerOf))).toEqual(new Set(["1000:1001"]));
    const others = [data.root, join(data.root, "lnd"), join(data.outside, "etc"), join(data.outside, "etc", "shadow")];
    expect(new Set(others.map(ownerOf))).toEqual(new Set(["0:0"]));
  });

  test("a folder that is made inside another's belongs to the same, where nobody is named", async () => {
    using data = dataFolder();
    const path = join(data.root, "lnd", "wallet");
    const dirs = new HostDataDirs();
    await dirs.ensure(data.root, path, "1000:1001");
    await dirs.ensure(data.root, join(path, "logs", "old"), null);
    expect([path, join(path, "logs"), join(path, "logs", "old")].map(ownerOf)).toEqual(Array(3).fill("1000:1001"));
    expect(ownerOf(join(data.root, "lnd"))).toBe("0:0");
  });

  test("a second look changes nothing: no ctime moves", async () => {
    using data = dataFolder();
    const path = join(data.root, "lnd");
    mkdirSync(path);
    writeFileSync(join(path, "file"), "x");
    const dirs = new HostDataDirs();
    await dirs.ensure(data.root, path, "1000:1000");
    const changed = () => [path, join(path, "file")].map((name) => lstatSync(name, { bigint: true }).ctimeNs);
    const before = changed();
    await dirs.ensure(data.root, path, "1000:1000");
    expect(changed()).toEqual(before);
  });

  test("a file of somebody else among the first entries has everything put right", async () => {
    using data = dataFolder();
    const path = join(data.root, "lnd");
    mkdirSync(join(path, "sub"), { recursive: true });
    const dirs = new HostDataDirs();
    await dirs.ensure(data.root, path, "1000:1000");
    writeFileSync(join(path, "sub", "restored"), "x");
    await dirs.ensure(data.root, path, "1000:1000");
    expect(ownerOf(join(path, "sub", "restored"))).toBe("1000:1000");
  });

  test("the probe is bounded: with a hundred right entries before it, a deeper one is not looked for", async () => {
    using data = dataFolder();
    const path = join(data.root, "bitcoin");
    mkdirSync(path);
    lchownSync(path, 1000, 1000);
    for (let index = 0; index < 100; index += 1) {
      mkdirSync(join(path, `d${index}`));
      lchownSync(join(path, `d${index}`), 1000, 1000);
    }
    writeFileSync(join(path, "d7", "file"), "x");
    await new HostDataDirs().ensure(data.root, path, "1000:1000");
    expect(ownerOf(join(path, "d7", "file"))).toBe("0:0");
  });

  test("one that was killed half way goes on, however much of it is right: the top comes last", async () => {
    using data = dataFolder();
    const path = join(data.root, "bitcoin");
    mkdirSync(path);
    for (let index = 0; index < 150; index += 1) {
      writeFileSync(join(path, `f${index}`), "");
      if (index !== 140) lchownSync(join(path, `f${index}`), 1000, 1000);
    }
    await new HostDataDirs().ensure(data.root, path, "1000:1000");
    expect(ownerOf(join(path, "f140"))).toBe("1000:1000");
    expect(ownerOf(path)).toBe("1000:1000");
  });
});

describe("refuses", () => {
  const tricks: readonly (readonly [string, (data: { root: string; outside: string }) => string])[] = [
    ["a path beside the root", ({ outside }) => join(outside, "data2")],
    ["a path that climbs out", ({ root }) => `${root}/lnd/../../elsewhere`],
    ["a path that climbs and comes back", ({ root }) => `${root}/lnd/../lnd/x`],
    ["a relative path", () => "lnd"],
    ["a NUL", ({ root }) => `${root}/a\0b`],
    [
      "an app's folder that is a link out of the root",
      ({ root, outside }) => {
        symlinkSync(outside, join(root, "lnd"));
        return join(root, "lnd", "wallet");
      },
    ],
    [
      "an app's folder that is a link to the root itself",
      ({ root }) => {
        symlinkSync(root, join(root, "lnd"));
        return join(root, "lnd", "bitcoin");
      },
    ],
    [
      "a link inside an app's folder into another app's",
      ({ root }) => {
        mkdirSync(join(root, "bitcoin"));
        mkdirSync(join(root, "lnd"));
        symlinkSync("../bitcoin", join(root, "lnd", "wallet"));
        return join(root, "lnd", "wallet");
      },
    ],
    [
      "a link that leads nowhere",
      ({ root, outside }) => {
        symlinkSync(join(outside, "elsewhere"), join(root, "lnd"));
        return join(root, "lnd");
      },
    ],
    [
      "a link to itself",
      ({ root }) => {
        symlinkSync("lnd", join(root, "lnd"));
        return join(root, "lnd", "x");
      },
    ],
    [
      "a file in the folder's place",
      ({ root }) => {
        writeFileSync(join(root, "lnd"), "x");
        return join(root, "lnd");
      },
    ],
    [
      "a file on the way",
      ({ root }) => {
        writeFileSync(join(root, "lnd"), "x");
        return join(root, "lnd", "wallet");
      },
    ],
  ];
  test.each(tricks)("%s", async (_case, prepare) => {
    using data = dataFolder();
    const path = prepare(data);
    const before = readdirSync(data.outside);
    const handles = openHandles();
    await expect(new HostDataDirs().ensure(data.root, path, null)).rejects.toMatchObject({ code: "ARC_HOME" });
    expect(readdirSync(data.outside)).toEqual(before);
    expect(openHandles()).toBe(handles);
  });

  test.each(["", "1000", "bitcoin:bitcoin", "-1:0", "4294967295:0"])("the owner %j", async (owner) => {
    using data = dataFolder();
    const ensured = new HostDataDirs().ensure(data.root, join(data.root, "lnd"), owner);
    await expect(ensured).rejects.toMatchObject({ code: "ARC_HOME" });
  });
});

test("links that stay where they may are followed: the root's own, an app's inside the root, one inside an app", async () => {
  using data = dataFolder();
  const root = join(data.outside, "link");
  symlinkSync(data.root, root);
  mkdirSync(join(data.root, "big", "lnd"), { recursive: true });
  symlinkSync("big/lnd", join(data.root, "lnd"));
  mkdirSync(join(data.root, "big", "lnd", "v1"));
  symlinkSync("v1", join(data.root, "lnd", "current"));
  await new HostDataDirs().ensure(root, join(root, "lnd", "current", "wallet"), null);
  expect(statSync(join(data.root, "big", "lnd", "v1", "wallet")).isDirectory()).toBe(true);
});

test("without root another's ownership is refused, and one's own needs none", async () => {
  using data = dataFolder();
  const path = join(data.root, "lnd");
  const self = { uid: 12_345, gid: 12_345 };
  const wanted = new HostDataDirs({ self }).ensure(data.root, path, "1000:1000");
  await expect(wanted).rejects.toMatchObject({ code: "ARC_NOT_ROOT" });
  const own = ownerOf(path);
  await new HostDataDirs({ self }).ensure(data.root, path, own);
  expect(ownerOf(path)).toBe(own);
});

test("no descriptor stays open", async () => {
  using data = dataFolder();
  const path = join(data.root, "lnd", "a", "b", "c");
  const dirs = new HostDataDirs();
  await dirs.ensure(data.root, path, null);
  const before = openHandles();
  await dirs.ensure(data.root, path, null);
  expect(openHandles()).toBe(before);
});
