import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { PodmanRunLeftovers, type RunPlaces } from "./run-leftovers.ts";

const ID = "ab".repeat(32);
const NAMESPACE = "netns-3f5498ee-1c27-f5dc-6305-a495eeb01c93";

/** Folders as Podman makes them; `put` writes a file below one of them. */
function places(root: string) {
  const at: RunPlaces = {
    tmp: join(root, "libpod"),
    locks: join(root, "shm/libpod_lock"),
    networks: join(root, "networks"),
    namespaces: join(root, "netns"),
    runtimes: [join(root, "runc"), join(root, "crun")],
    bootId: join(root, "boot_id"),
  };
  const put = (path: string, text = ""): string => {
    const file = join(root, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  put("boot_id", "this-boot\n");
  const commands: string[] = [];
  const leftovers = new PodmanRunLeftovers(at, async (program, args) => commands.push([program, ...args].join(" ")));
  return { at, put, commands, leftovers };
}

describe("signs that Podman believes in a boot that is over", () => {
  test.each([
    ["none where /run is new", [], []],
    ["none while it runs", ["libpod/alive", "shm/libpod_lock"], []],
    ["none of a mark that names this boot", ["libpod/alive=this-boot\n", "shm/libpod_lock"], []],
    ["that its locks are gone", ["libpod/alive"], [expect.stringContaining("locks are not there")]],
    [
      "that it says so itself",
      ["libpod/alive=that-boot", "shm/libpod_lock"],
      [expect.stringContaining("another boot")],
    ],
    [
      "that a network namespace is a plain file",
      ["libpod/alive", "shm/libpod_lock", `netns/${NAMESPACE}`],
      [expect.stringContaining(NAMESPACE)],
    ],
    ["none in a namespace that is somebody else's", ["libpod/alive", "shm/libpod_lock", "netns/vpn"], []],
  ])("are %s", async (_case, files, signs) => {
    using folder = temporaryFolder();
    const { put, leftovers } = places(folder.path);
    for (const file of files) {
      const [path = "", text] = file.split("=");
      put(path, text);
    }
    expect(await leftovers.signs()).toEqual(signs);
  });
});

test("forgetting removes what Podman made for a boot, and nothing of others", async () => {
  using folder = temporaryFolder();
  const { put, leftovers, commands } = places(folder.path);
  const bundle = `{"bundle":"/var/lib/containers/storage/overlay-containers/${ID}/userdata"}`;
  const gone = [
    put("libpod/alive"),
    put(`netns/${NAMESPACE}`),
    put("networks/ipam.db", "leases"),
    put("networks/aardvark-dns/aardvark.pid", "74"),
    put(`runc/${ID}/state.json`, bundle),
    put(`crun/${ID}/status`, bundle),
  ];
  const kept = [
    put("netns/vpn"),
    put("libpod/exits/x"),
    put(`runc/${"cd".repeat(32)}/state.json`, '{"bundle":"/srv/own"}'),
    put("runc/mine/state.json", bundle),
  ];
  await leftovers.forget();
  expect(gone.filter((path) => existsSync(path))).toEqual([]);
  expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  expect(commands).toEqual(["podman ps --quiet"]);
  expect(await leftovers.signs()).toEqual([]);
});

test("forgetting what is not there succeeds, and so does one that Podman does not follow", async () => {
  using folder = temporaryFolder();
  const { at } = places(folder.path);
  const leftovers = new PodmanRunLeftovers(at, () => Promise.reject(new Error("no podman")));
  await leftovers.forget();
  expect(await leftovers.signs()).toEqual([]);
});

test("standing in mounts an empty namespace on each file of one that is gone, and removes nothing", async () => {
  using folder = temporaryFolder();
  const { put, leftovers, commands } = places(folder.path);
  const kept = [put("libpod/alive"), put(`netns/${NAMESPACE}`), put("netns/vpn"), put("networks/ipam.db")];
  await leftovers.standIn();
  expect(commands).toEqual([`unshare --net=${folder.path}/netns/${NAMESPACE} true`]);
  expect(kept.filter((path) => !existsSync(path))).toEqual([]);
});
