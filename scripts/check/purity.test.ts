import { describe, expect, it } from "vitest";
import { impurities } from "./purity.ts";

const messages = (source: string, file = "src/core/plan/plan.ts") =>
  impurities(file, source).map(({ message }) => message.replace("core is pure: no ", ""));

describe("the pure core", () => {
  it.each([
    ["const now = Date.now();", "Date.now()"],
    ["const now = new Date();", "new Date()"],
    ["const x = Math.random();", "Math.random()"],
    ["const home = process.env.HOME;", "process"],
    ["setTimeout(f, 1);", "setTimeout()"],
    ["async function f() {}", "async function"],
    ["const f = async () => 1;", "async function"],
    ["await f();", "await"],
    [`import { randomBytes } from "node:crypto";`, "randomBytes of node:crypto"],
    [`import crypto from "node:crypto";`, "whole module of node:crypto"],
  ])("may not say %s", (source, what) => {
    expect(messages(source)).toContain(what);
  });

  it.each([
    "const at = new Date(ms).toISOString();",
    "const process = 1;",
    "// Date.now() is for others",
    `import { createHash } from "node:crypto";`,
    "for (const a of b) f(a);",
  ])("may say %s", (source) => {
    expect(messages(source)).toEqual([]);
  });

  it("binds neither tests nor other folders", () => {
    expect(messages("Date.now();", "src/core/plan/plan.test.ts")).toEqual([]);
    expect(messages("Date.now();", "src/adapters/clock/system-clock.ts")).toEqual([]);
  });
});
