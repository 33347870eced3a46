import { describe, expect, it } from "vitest";
import { untidiness } from "./tidiness.ts";

const home = (name: string) => ["", name, ""].join("/");

describe("tidiness", () => {
  it("refuses an em-dash, and names its line", () => {
    expect(untidiness("docs/a.md", "one\ntwo \u2014 three\n")).toEqual([
      { file: "docs/a.md", line: 2, message: "an em-dash: use a comma, a colon or a full stop" },
    ]);
  });

  it.each([home("root"), home("work"), home("Users")])("refuses the path %s", (machinePath) => {
    expect(untidiness("a.ts", `const file = "${machinePath}x";`)).toHaveLength(1);
  });

  it.each([`containers${home("root")}x`, "https://example.org/work/x", "a homework/ folder"])(
    "lets %s pass",
    (text) => {
      expect(untidiness("a.ts", text)).toEqual([]);
    },
  );

  it("refuses a file of more than 500 lines, except those that a tool writes", () => {
    const text = "line\n".repeat(501);
    expect(untidiness("src/a.ts", text)).toHaveLength(1);
    expect(untidiness("src/a.ts", "line\n".repeat(500))).toEqual([]);
    expect(untidiness("schema/manifest.v1.json", text)).toEqual([]);
  });
});
