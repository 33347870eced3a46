import { describe, expect, test } from "vitest";
import { desiredContainer, FOREIGN_IMAGE, foreignDetail } from "../../testkit/foreign-container.ts";
import { appId } from "../ids.ts";
import type { ContainerSummary } from "../observed/observed.ts";
import { findCandidates } from "./find-candidates.ts";
import { repository } from "./program.ts";

const NGINX = "docker.io/library/nginx:1.28";
const MAIN = desiredContainer({ image: NGINX });
const WORKER = desiredContainer({ container: "worker", image: "quay.io/team/worker:1" });
const APP = { id: appId("web"), containers: [MAIN, WORKER] };

const found = (name: string, image: string, imageId = "other"): ContainerSummary => ({
  ...foreignDetail(MAIN.spec),
  name,
  image,
  imageId,
});

const look = (...containers: readonly ContainerSummary[]): readonly string[] =>
  findCandidates(APP, containers, {
    isOurs: ({ labels }) => labels["owner"] === "us",
    images: new Map([[NGINX, FOREIGN_IMAGE.id]]),
  }).map(({ found: { name }, container, by, ours }) => `${name}: ${container} by ${by}${ours ? ", ours" : ""}`);

describe("a container looks like one of an app's", () => {
  test.each([
    ["web", "main"],
    ["archy-web", "main"],
    ["web.g3", "main"],
    ["web--main", "main"],
    ["web-main", "main"],
    ["web_main.g12", "main"],
  ])("as %s", (name, container) => {
    expect(look(found(name, NGINX))).toEqual([`${name}: ${container} by both`]);
  });

  test.each(["web--worker", "web-worker", "web_worker", "archy-web-worker", "web--worker.g2"])("as %s", (name) => {
    expect(look(found(name, "quay.io/team/worker:2"))).toEqual([`${name}: worker by both`]);
  });

  test.each(["webs", "my-web", "web-", "web.g", "web.g1x"])("but not as %s", (name) => {
    expect(look(found(name, "quay.io/x/y:1"))).toEqual([]);
  });

  test("by another tag, or by the same image under any name", () => {
    expect(look(found("box", "docker.io/library/nginx:stable"))).toEqual(["box: main by image"]);
    expect(look(found("box", "localhost/mine:2", FOREIGN_IMAGE.id))).toEqual(["box: main by image"]);
  });

  test("by its name alone when it runs another program, the program of a sister included", () => {
    expect(look(found("web", "quay.io/x/y:1"))).toEqual(["web: main by name"]);
    expect(look(found("web", "quay.io/team/worker:1"))).toEqual(["web: main by name"]);
  });

  test("those that are most alike come first, and ours are told", () => {
    const ours = { ...found("web.g1", NGINX), labels: { owner: "us" } };
    expect(look(found("web_main", "quay.io/x/y:1"), found("box", NGINX), ours, found("web", NGINX))).toEqual([
      "web: main by both",
      "web.g1: main by both, ours",
      "box: main by image",
      "web_main: main by name",
    ]);
  });

  test("twice, where several run its image", () => {
    const twins = { id: APP.id, containers: [MAIN, desiredContainer({ container: "second", image: NGINX })] };
    const candidates = findCandidates(twins, [found("box", NGINX)], { isOurs: () => false, images: new Map() });
    expect(candidates.map(({ container }) => container)).toEqual(["main", "second"]);
  });
});

test.each([
  ["nginx", "docker.io/library/nginx"],
  ["nginx:1.28", "docker.io/library/nginx"],
  ["team/nginx:1@sha256:0", "docker.io/team/nginx"],
  ["localhost:5000/nginx:1", "localhost:5000/nginx"],
  ["localhost/nginx", "localhost/nginx"],
  ["quay.io/a/b/c@sha256:0", "quay.io/a/b/c"],
])("the repository of %s is %s", (reference, expected) => {
  expect(repository(reference)).toBe(expected);
});
