import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { extract, list } from "tar";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../src/testkit/temporary-folder.ts";
import { writeImageArchive } from "./image-archive.ts";

const CONFIG = { architecture: "amd64", Cmd: ["nginx"], Env: [], StopSignal: "SIGQUIT", Labels: {} };

async function archive(root: string, name: string): Promise<string> {
  const rootfs = path.join(root, "rootfs");
  mkdirSync(path.join(rootfs, "usr", "bin"), { recursive: true });
  writeFileSync(path.join(rootfs, "usr", "bin", "nginx"), "binary");
  symlinkSync("usr/bin", path.join(rootfs, "bin"));
  const file = path.join(root, name);
  await writeImageArchive(rootfs, file, "docker.io/library/nginx:1", CONFIG);
  const unpacked = path.join(root, `${name}.d`);
  mkdirSync(unpacked);
  await extract({ file, cwd: unpacked });
  return unpacked;
}

const json = (folder: string, file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8"));

it("writes what podman load reads: an index, a config, and a layer with the digest that the config names", async () => {
  using folder = temporaryFolder();
  const image = await archive(folder.path, "a.tar");
  expect(json(image, "manifest.json")).toEqual([
    { Config: "config.json", RepoTags: ["docker.io/library/nginx:1"], Layers: ["layer.tar"] },
  ]);
  const layer = readFileSync(path.join(image, "layer.tar"));
  expect(json(image, "config.json")).toMatchObject({
    architecture: "amd64",
    config: { Cmd: ["nginx"], StopSignal: "SIGQUIT" },
    rootfs: { diff_ids: [`sha256:${createHash("sha256").update(layer).digest("hex")}`] },
  });
});

it("keeps links as links, and lists nothing below them", async () => {
  using folder = temporaryFolder();
  const image = await archive(folder.path, "a.tar");
  const entries: string[] = [];
  await list({
    file: path.join(image, "layer.tar"),
    onReadEntry: (entry) => entries.push(`${entry.type} ${entry.path}`),
  });
  expect(entries).toEqual(["SymbolicLink bin", "Directory usr/", "Directory usr/bin/", "File usr/bin/nginx"]);
});

it("makes the same image from the same files at another time", async () => {
  using one = temporaryFolder();
  using other = temporaryFolder();
  const first = await archive(one.path, "a.tar");
  mkdirSync(path.join(other.path, "rootfs"));
  utimesSync(path.join(other.path, "rootfs"), 1, 1);
  const second = await archive(other.path, "b.tar");
  expect(json(second, "config.json")).toEqual(json(first, "config.json"));
});
