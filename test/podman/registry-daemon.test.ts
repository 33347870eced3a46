import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUSYBOX } from "./images.ts";
import { LocalRegistry } from "./local-registry.ts";
import { eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

let registry: LocalRegistry;
let node: Node;
let daemon: RunningDaemon;
let image: Awaited<ReturnType<LocalRegistry["push"]>>;

beforeAll(async () => {
  registry = await LocalRegistry.start();
  const tag = "localhost/archipelago-test/far:1";
  await podman("tag", BUSYBOX, tag);
  image = await registry.push(tag, "far:1");
  await podman("untag", BUSYBOX, tag);
  node = await Node.make(["far"]);
  await writeManifest(`${image.reference}@${image.digest}`);
  daemon = await RunningDaemon.start(node);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
  await podman("rmi", `${image.reference.replace(/:1$/, "")}@${image.digest}`);
  await registry[Symbol.asyncDispose]();
});

async function writeManifest(reference: string): Promise<void> {
  await mkdir(path.join(node.apps, "far"), { recursive: true });
  await writeFile(
    path.join(node.apps, "far", "manifest.yml"),
    `id: far\nname: Far\nversion: 1.0.0\ncontainer: { image: "${reference}", stop: { signal: SIGKILL } }\n`,
  );
}

/** The id of the app's one container. */
async function container(): Promise<string> {
  const { containers } = await daemon.app("far");
  return containers[0]?.id ?? "";
}

/** How many pulls the daemon has asked its Podman for. */
const pulls = (): number => daemon.log.filter((row) => row.path === "/images/pull").length;

test("an app's image is pulled from the registry that its manifest names", async () => {
  await daemon.settled("far");
  expect(pulls()).toBe(1);
});

test("an image that is there by digest is never pulled again, whatever its tag", async () => {
  await registry.stop();
  const first = await container();
  await podman("rm", "-f", "-t", "0", first);
  await eventually(async () => expect(await container()).not.toBe(first));
  await daemon.settled("far");
  const second = await container();
  await writeManifest(`${registry.reference("far:2")}@${image.digest}`);
  await eventually(async () => expect(await container()).not.toBe(second));
  await daemon.settled("far");
  expect(pulls()).toBe(1);
});
