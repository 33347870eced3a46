import { describe, expect, test } from "vitest";
import { appFolder } from "../../testkit/app-folder.ts";
import { formatProblem } from "../errors/problem.ts";
import { lintManifest } from "./lint-manifest.ts";
import { parseManifest } from "./parse-manifest.ts";

const HEAD = ["id: demo", "name: Demo", 'version: "1"', "description: A demo."];
const GOOD = "cap_drop: [ALL], health: { readiness: { tcp: { port: 1 } } }";

function warnings(...lines: readonly string[]): readonly string[] {
  const folder = appFolder("demo", { "manifest.yml": [...lines, ""].join("\n"), "ui/Containerfile": "FROM scratch" });
  const parsed = parseManifest(folder);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join("\n"));
  return lintManifest(parsed.value, folder).map((problem) => formatProblem(problem).replace("apps/demo/", ""));
}

describe("a warning", () => {
  test("is not given to a manifest that does all it can", () => {
    expect(warnings(...HEAD, `container: { image: "x:5000/a/b:1@sha256:00", ${GOOD} }`)).toEqual([]);
    expect(warnings(...HEAD, `container: { build: { context: ui }, ${GOOD} }`)).toEqual([]);
    expect(warnings(...HEAD, "container: { build: { context: ui }, one_shot: true, cap_drop: [ALL] }")).toEqual([]);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    [
      "an image without tag and digest",
      [`containers: { a: { image: "x:5000/a/b", ${GOOD} } }`],
      [
        "manifest.yml:5:27: containers.a.image: name a tag",
        "manifest.yml:5:27: containers.a.image: name a digest: a tag may mean something else tomorrow",
      ],
    ],
    [
      "no readiness probe, and capabilities kept",
      ['container: { image: "a:1@sha256:00" }'],
      [
        "manifest.yml:5:12: container.cap_drop: drop ALL capabilities and add those it needs",
        "manifest.yml:5:12: container.health: add a readiness probe: without one, running counts as ready",
      ],
    ],
    [
      "privileges",
      [`container: { image: "a:1@sha256:00", privileged: true, ${GOOD} }`],
      ["manifest.yml:5:50: container.privileged: a privileged container can do anything to the host"],
    ],
    [
      "an icon and a build context that are not there",
      ["icon: icon.svg", `container: { build: { context: web }, ${GOOD} }`],
      [
        "manifest.yml:5:7: icon: there is no file icon.svg in the app's folder",
        "manifest.yml:6:21: container.build: there is no file web/Containerfile in the app's folder",
      ],
    ],
    [
      "a template in plain env, and a secret that is nearly one of its own",
      [
        "secrets: { rpc-password: { generate: random } }",
        `container: { image: "a:1@sha256:00", env: { A: "{{ host_ip }}" }, secret_env: [{ key: B, secret_file: rpc-pasword }], ${GOOD} }`,
      ],
      [
        "manifest.yml:6:48: container.env.A: env holds no templates; this belongs in derived_env",
        "manifest.yml:6:103: container.secret_env.0.secret_file: nothing generates rpc-pasword, so the owner must place it; or was rpc-password meant?",
      ],
    ],
  ])("tells of %s", (_name, lines, found) => {
    expect(warnings(...HEAD, ...lines)).toEqual(found);
  });

  test("tells of a missing description", () => {
    expect(warnings(...HEAD.slice(0, 3), `container: { build: { context: ui }, ${GOOD} }`)).toEqual([
      "manifest.yml:1:1: description: say in a sentence what the app does",
    ]);
  });
});
