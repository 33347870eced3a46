import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appFolder } from "../../testkit/app-folder.ts";
import { DEMO_HEAD, problemLines } from "../../testkit/manifest-problems.ts";
import { parseManifest } from "./parse-manifest.ts";

const FIXTURE = `${import.meta.dirname}/../../../test/fixtures/lnd`;
const read = (name: string): string => readFileSync(`${FIXTURE}/${name}`, "utf8");
const LND = {
  "manifest.yml": read("manifest.yml"),
  "lnd.conf.liquid": read("lnd.conf.liquid"),
  "icon.svg": read("icon.svg"),
  "ui/Containerfile": read("ui/Containerfile"),
};

function valid(text: string, files: Readonly<Record<string, string>> = {}) {
  const parsed = parseManifest(appFolder("demo", { ...files, "manifest.yml": text }));
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  return parsed.value;
}

describe("a manifest", () => {
  test("that uses nearly every field is valid", () => {
    const parsed = parseManifest(appFolder("lnd", LND));
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        id: "lnd",
        containers: {
          migrate: { one_shot: true, stop: { signal: "SIGTERM", grace: 10_000 } },
          lnd: {
            resources: { memory: 2 ** 30, cpus: 1.5, pids: 512 },
            shm_size: 64 * 2 ** 20,
            stop: { grace: 300_000 },
          },
          ui: { build: { context: "ui", args: { THEME: "dark" } } },
        },
        update: { rollback: "until-start", stable_for: 10_000 },
      },
    });
  });

  test("is valid with its icon and build context still to come", () => {
    const { "manifest.yml": manifest, "lnd.conf.liquid": conf } = LND;
    expect(parseManifest(appFolder("lnd", { "manifest.yml": manifest, "lnd.conf.liquid": conf })).ok).toBe(true);
  });

  test("with one container has it as main, and every default filled in", () => {
    const { containers, ...rest } = valid(`${DEMO_HEAD}container: { image: "a/b:1" }\n`);
    expect(Object.keys(containers)).toEqual(["main"]);
    expect(rest).toEqual({
      id: "demo",
      name: "Demo",
      version: "1",
      provides: {},
      requires: {},
      settings: {},
      secrets: {},
      update: { rollback: "safe", stable_for: 10_000 },
      checks: [],
    });
    expect(containers.main).toMatchObject({
      no_new_privileges: true,
      privileged: false,
      read_only: false,
      init: false,
    });
  });

  test("mounts another app's folder read-only, said or not", () => {
    const { containers } = valid(
      `${DEMO_HEAD}requires: { b: { app: b } }\ncontainer: { image: x, volumes: [{ app: b, source: s, target: /t }] }\n`,
    );
    expect(containers.main?.volumes[0]?.read_only).toBe(true);
  });

  test("may use aliases, a few of them", () => {
    const { containers } = valid(`${DEMO_HEAD}containers:\n  a: &a { image: x, cap_drop: [ALL] }\n  b: *a\n`);
    expect(containers.b).toEqual(containers.a);
  });

  test.each([
    [
      "an id that is not the folder's name",
      "id: dem\nname: x\nversion: x\ncontainer: { image: a }\n",
      ["manifest.yml:1:5: id: must be the folder's name, demo"],
    ],
    [
      "no head at all",
      "container: { image: a }\n",
      [
        "manifest.yml:1:1: id: is missing",
        "manifest.yml:1:1: name: is missing",
        "manifest.yml:1:1: version: is missing",
      ],
    ],
    [
      "another YAML",
      `%YAML 1.1\n---\n${DEMO_HEAD}container: { image: a }\n`,
      ["manifest.yml:1:1: only YAML 1.2 is read"],
    ],
    ["nothing in it", "", ["manifest.yml:1:1: must be a map, but is empty"]],
    ["a list in it", "- a\n", ["manifest.yml:1:1: must be a map, not a list"]],
    [
      "a problem in an alias, told where it stands",
      `${DEMO_HEAD}containers:\n  a: &a { image: x, init: 1 }\n  b: *a\n`,
      [
        "manifest.yml:5:27: containers.a.init: must be true or false, not the number 1",
        "manifest.yml:5:27: containers.b.init: must be true or false, not the number 1",
      ],
    ],
    ["more than 512 kB", `${DEMO_HEAD}# ${"x".repeat(524_288)}\n`, ["manifest.yml:1:1: is larger than 512 kB"]],
  ])("is refused with %s", (_name, text, problems) => {
    expect(problemLines({ "manifest.yml": text })).toEqual(problems);
  });

  test.each([
    ["deep lists", "[".repeat(200_000)],
    ["deep keys", "? ".repeat(200_000)],
    ["many keys", Array.from({ length: 60_000 }, (_, at) => `k${at}: 1`).join("\n")],
    [
      "many variables",
      `${DEMO_HEAD}container:\n  image: a\n  env:\n${Array.from({ length: 40_000 }, (_, at) => `    k ${at}: 1`).join("\n")}`,
    ],
    [
      "aliases that multiply",
      `a: &a [x]\n${Array.from({ length: 200 }, (_, at) => `b${at}: &b${at} [*a, *a]`).join("\n")}`,
    ],
    ["an alias of itself", "container: &a { health: *a }"],
    ["many syntax errors", `a: ${'"'.repeat(200_000)}`],
  ])("of %s is refused with a bounded answer", (_name, text) => {
    const problems = problemLines({ "manifest.yml": text });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(501);
  });

  test("never throws, whatever the text", () => {
    const piece = fc.constantFrom(
      ..."{}[]:,-&*!|>'\"%@#? \n".split(""),
      "a",
      "  ",
      "container:\n",
      "image",
      "---\n",
      "<<",
      "{{ a }}",
      "0x1",
      "null",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(piece, { maxLength: 60 }).map((all) => all.join("")),
        ),
        (text) => {
          expect(problemLines({ "manifest.yml": text }).every((line) => line.startsWith("manifest.yml:"))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);

  test("never throws, whatever stands under its keys", () => {
    const { "manifest.yml": text } = LND;
    const words = [...new Set(text.match(/[\w./:{}-]+/g))];
    fc.assert(
      fc.property(
        fc.constantFrom(...words),
        fc.constantFrom(...words, "[]", "{}", "null", "1", "''", "[[a]]", "{ a: b }"),
        (from, to) => {
          const changed = { ...LND, "manifest.yml": text.replaceAll(from, to) };
          const parsed = parseManifest(appFolder("lnd", changed));
          if (!parsed.ok) for (const { at } of parsed.problems) expect(at?.line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  }, 60_000);
});
