import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../src/testkit/temporary-folder.ts";

const REPO = path.join(import.meta.dirname, "..");

/** Stands in for the bundle: says how it was started, then does what its first argument says. */
const BUNDLE = `
const [verb] = process.argv.slice(2);
if (verb === "wait") { process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); }
console.log(JSON.stringify({ major: parseInt(process.versions.node), main: process.argv[1], args: process.argv.slice(2) }));
if (verb === "exit") process.exitCode = Number(process.argv[3]);
`;

let folder: TemporaryFolder;
let launcher: string;
let bundle: string;
beforeEach(() => {
  folder = temporaryFolder();
  cpSync(path.join(REPO, "bin"), path.join(folder.path, "bin"), { recursive: true });
  launcher = path.join(folder.path, "bin", "archipelago");
  bundle = path.join(folder.path, "dist", "cli", "main.js");
  mkdirSync(path.dirname(bundle), { recursive: true });
  writeFileSync(bundle, BUNDLE);
  writeFileSync(path.join(folder.path, "package.json"), '{ "type": "module" }');
  symlinkSync(path.join(REPO, "node_modules"), path.join(folder.path, "node_modules"));
});
afterEach(() => folder[Symbol.dispose]());

const begin = (command: string, ...args: string[]) =>
  spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: "/usr/bin:/bin" } });

async function outcome(command: string, ...args: string[]) {
  const child = begin(command, ...args);
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  return { code, stdout, stderr };
}

describe.each([
  ["run directly", () => [launcher]],
  ["given to a shell", () => ["/bin/sh", launcher]],
  ["given to Node", () => [process.execPath, launcher]],
] as const)("bin/archipelago, %s", (_how, command) => {
  it("runs the bundle on Node 24 with its arguments byte for byte", async () => {
    const [program = "", ...first] = command();
    const { code, stdout } = await outcome(program, ...first, "a b", "$HOME", "*");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ major: 24, main: bundle, args: ["a b", "$HOME", "*"] });
  });

  it("ends as the bundle ends", async () => {
    const [program = "", ...first] = command();
    expect((await outcome(program, ...first, "exit", "3")).code).toBe(3);
  });

  it("passes a signal on", async () => {
    const [program = "", ...first] = command();
    const child = begin(program, ...first, "wait");
    const closed = once(child, "close");
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await closed).toEqual([7, null]);
  });

  it("says what to type where nothing is built", async () => {
    rmSync(bundle);
    const [program = "", ...first] = command();
    const { code, stderr } = await outcome(program, ...first);
    expect(code).toBe(1);
    expect(stderr).toBe(`archipelago: not built yet. Run: npm run build   (in ${folder.path})\n`);
  });
});

it("bin/archipelago finds its house through symbolic links, as npm link makes them", async () => {
  const link = path.join(folder.path, "elsewhere");
  symlinkSync(launcher, link);
  expect(JSON.parse((await outcome(link)).stdout)).toMatchObject({ main: bundle });
});
