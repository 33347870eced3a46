import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LocalRegistry } from "./local-registry.ts";
import { pushWebs } from "./rolling-web.ts";
import { Lane, type Point, type Scene } from "./rollout-lane.ts";

/** Nodes on one Podman that go through their rounds at the same time. */
const LANES = 3;
const world: { registry?: LocalRegistry; readonly lanes: Lane[]; naming: Promise<string> } = {
  lanes: [],
  naming: Promise.resolve(""),
};

const here = (): string => world.registry?.reference("web:1") ?? "";

beforeAll(async () => {
  world.registry = await LocalRegistry.start();
  await pushWebs(world.registry, ["1"]);
  for (let lane = 0; lane < LANES; lane++) world.lanes.push(await Lane.make(`web${lane}`, 18_500 + lane, here()));
});

afterAll(async () => {
  for (const lane of world.lanes) await lane[Symbol.asyncDispose]();
  await world.registry?.[Symbol.asyncDispose]();
});

/** The same image under a name that Podman does not know yet: it has to be pulled, and there is nothing to load. */
function nameAnew(tag: string): Promise<string> {
  // docker-registry answers 500 to some of those who name one image at the same time.
  world.naming = world.naming.then(() => putTag(tag));
  return world.naming;
}

async function putTag(tag: string): Promise<string> {
  const [host = "", repository = ""] = here().replace(/:1$/, "").split("/");
  const at = (name: string): string => `http://${host}/v2/${repository}/manifests/${name}`;
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = await fetch(at("1"), { headers: { Accept: type } });
  const body = await manifest.arrayBuffer();
  const put = await fetch(at(tag), { method: "PUT", headers: { "Content-Type": type }, body });
  if (put.status !== 201) throw new Error(`the registry answers ${put.status}: ${await put.text()}`);
  return `${host}/${repository}:${tag}`;
}

/** `stop web0.g3` -> `stop main`; what is removed is named by its id, and what is created in the body. */
const plain = (deed: string): string =>
  deed
    .replace(/^(pull|create|remove) .*/, "$1")
    .replace(/ \S+--(\S+)\.g\d+$/, " $1")
    .replace(/ \S+\.g\d+$/, " main");

interface Story extends Scene {
  /** What an undisturbed one asks of Podman. */
  readonly deeds: string;
}

const STORIES: Readonly<Record<string, Story>> = {
  "a good update": {
    next: async (name) => ({ image: await nameAnew(name) }),
    ends: "new",
    deeds: "pull, create, create, stop main, start migrate, start main, remove, remove",
  },
  "an update that does not become ready": {
    next: async () => ({
      image: here(),
      main: { health: { readiness: { http: { port: 80, path: "/none" }, interval: "200ms", failures: 2 } } },
    }),
    ends: "old",
    deeds: "create, create, stop main, start migrate, start main, stop main, start main, remove, remove",
  },
};

/** Takes half a minute more: with ARCHIPELAGO_EVERY_KILL=1. */
const MORE: Readonly<Record<string, Story>> = {
  "an update that crashes when it was ready": {
    next: async () => ({ image: here(), main: { env: { CRASH: "0.4" } } }),
    ends: "old",
    deeds: "create, create, stop main, start migrate, start main, start main, remove, remove",
  },
};

const told = { ...STORIES, ...(process.env["ARCHIPELAGO_EVERY_KILL"] === "1" && MORE) };

describe.each(Object.entries(told))("the daemon killed in %s", (_name, story) => {
  test("before and after each change ends as exactly the one or the other", { timeout: 300_000 }, async () => {
    const deeds = (await world.lanes[0]?.undisturbed(story)) ?? [];
    expect(deeds.map(plain).join(", ")).toBe(story.deeds);
    const points = deeds.flatMap((_, index): Point[] => [
      { nth: index + 1, side: "before" },
      { nth: index + 1, side: "after" },
    ]);
    if (story.ends === "new") points.push("proving");
    const walk = async (lane: Lane): Promise<void> => {
      for (let point = points.shift(); point; point = points.shift()) await lane.killed(story, point);
    };
    const ends = await Promise.allSettled(world.lanes.map(walk));
    expect(ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []))).toEqual([]);
  });
});
