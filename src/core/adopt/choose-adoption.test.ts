import { expect, test } from "vitest";
import { desiredContainer, foreignDetail } from "../../testkit/foreign-container.ts";
import { appId, containerId } from "../ids.ts";
import type { ContainerSummary } from "../observed/observed.ts";
import { chooseAdoption } from "./choose-adoption.ts";

const NGINX = "docker.io/library/nginx:1.28";
const WORKER = "quay.io/team/worker:1";
const APP = {
  id: appId("web"),
  containers: [desiredContainer({ image: NGINX }), desiredContainer({ container: "worker", image: WORKER })],
};
const TWINS = {
  id: appId("web"),
  containers: [desiredContainer({ image: NGINX }), desiredContainer({ container: "second", image: NGINX })],
};

const found = (name: string, image: string): ContainerSummary => ({
  ...foreignDetail(desiredContainer().spec),
  id: containerId(name.padEnd(64, "0")),
  imageId: image,
  name,
  image,
});

const HERE = [
  found("web", NGINX),
  found("web--worker", WORKER),
  found("box", NGINX),
  found("ours", NGINX),
  found("db", "docker.io/library/postgres:17"),
];

function choose(from: readonly string[], here: readonly ContainerSummary[], app: typeof APP = APP): readonly string[] {
  const surroundings = { isOurs: ({ name }: ContainerSummary) => name === "ours", images: new Map() };
  const chosen = chooseAdoption(app, here, from, surroundings);
  if (!chosen.ok) return chosen.problems.map(({ code, message, hint }) => `${code} ${message} | ${hint}`);
  return chosen.value.map(({ container, candidate }) => `${container.name} <- ${candidate.found.name}`);
}

test("what is alike in name and image is chosen, for each container of the app", () => {
  expect(choose([], HERE)).toEqual(["main <- web", "worker <- web--worker"]);
  expect(choose([], HERE.slice(1))).toEqual(["worker <- web--worker"]);
});

test("what a person names comes before what is alike in name, by name or by id", () => {
  expect(choose(["box"], HERE)).toEqual(["main <- box", "worker <- web--worker"]);
  expect(choose(["box000000000"], HERE)).toEqual(["main <- box", "worker <- web--worker"]);
  expect(choose(["web"], [...HERE, found("archy-web", NGINX)])).toEqual(["main <- web", "worker <- web--worker"]);
});

test.each<readonly [string, readonly string[], readonly ContainerSummary[], string]>([
  [
    "nothing is found",
    [],
    HERE.slice(4),
    "no container here looks like web, by name or by image | `archipelago install web` makes one.",
  ],
  [
    "nothing but its image is alike",
    [],
    [found("box", NGINX)],
    "no container is named like web; box runs its image | If one of them is web, name it: archipelago adopt web --from box.",
  ],
  [
    "its name belongs to another program",
    [],
    [found("web", "quay.io/x/y:1")],
    "named like web but another program: web (quay.io/x/y:1) | Such a container is never touched.",
  ],
  ["all is ours already", [], [found("ours", NGINX)], "web is ours already: there is nothing to adopt | undefined"],
  [
    "two look like the same container",
    [],
    [found("web", NGINX), found("archy-web", NGINX)],
    "archy-web and web both look like main of web | Name the one that is meant: archipelago adopt web --from archy-web.",
  ],
  [
    "two are named for the same container",
    ["web", "box"],
    HERE,
    "web and box both look like main of web | Name the one that is meant: archipelago adopt web --from web.",
  ],
  [
    "the one named does not exist",
    ["wbe"],
    HERE,
    "no container here is called wbe | `podman ps -a` lists those there are.",
  ],
  [
    "the one named runs another program",
    ["db"],
    HERE,
    `db runs another program (docker.io/library/postgres:17) than web (${NGINX}, ${WORKER}) | undefined`,
  ],
  ["the one named is ours", ["ours"], HERE, "ours is ours already | `archipelago status` shows it."],
])("says so when %s", (_case, from, here, sentence) => {
  expect(choose(from, here)).toEqual([`ARC_ADOPT ${sentence}`]);
});

test("one that could be two of the app's containers is asked to say which", () => {
  expect(choose(["box"], HERE, TWINS)).toEqual([
    "ARC_ADOPT box could be main or second of web: they run the same image | Say which by its name, such as: podman rename box web--second.",
  ]);
  expect(choose(["web--second"], [...HERE, found("web--second", NGINX)], TWINS)).toEqual([
    "main <- web",
    "second <- web--second",
  ]);
});

test("every problem is told at once", () => {
  expect(choose(["wbe", "db"], HERE)).toHaveLength(2);
});
