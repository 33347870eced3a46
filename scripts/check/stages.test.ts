import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { runStages } from "./stages.ts";

let said: string;
beforeEach(() => {
  said = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(console, "log").mockImplementation((text) => {
    said += `${String(text)}\n`;
  });
});
afterEach(() => vi.restoreAllMocks());

const node = (code: string) => [process.execPath, "-e", code];

it("runs every stage while they succeed, and says how long each took", async () => {
  const stages = [
    { name: "one", command: node("console.log('first')") },
    { name: "two", command: node("console.log(process.env.GIVEN)"), prepare: async () => ({ GIVEN: "second" }) },
  ];
  expect(await runStages(stages, ".")).toBe(false);
  expect(said).toMatch(/== one ==\nfirst\n\n== two ==\nsecond\n\none: ok, [\d.]+ s\ntwo: ok, [\d.]+ s\n/);
});

it.each([
  ["exits with another status", node("process.exit(3)"), "failed (exit 3)"],
  ["is killed", node("process.kill(process.pid, 'SIGKILL')"), "failed (exit 1)"],
  ["can't be started", ["/nowhere/at-all"], "failed (exit 1)"],
])("stops at a stage that %s", async (_how, command, words) => {
  const stages = [
    { name: "bad", command },
    { name: "after", command: node("") },
  ];
  expect(await runStages(stages, ".")).toBe(true);
  expect(said).toContain(`bad: ${words}`);
  expect(said).not.toContain("== after ==");
});

it("stops where a stage can't be prepared, with the reason", async () => {
  const prepare = () => Promise.reject(new Error("no mirror"));
  expect(await runStages([{ name: "podman", command: node(""), prepare }], ".")).toBe(true);
  expect(said).toContain("no mirror");
});

it("passes colours on as plain text", async () => {
  await runStages([{ name: "red", command: node(String.raw`console.log("\x1b[31mred\x1b[0m")`) }], ".");
  expect(said).toContain("\nred\n");
});
