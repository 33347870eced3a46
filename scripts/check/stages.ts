import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";

/** One part of the check: a command that must exit 0. */
export interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  /** Run first; gives further environment variables. */
  readonly prepare?: () => Promise<Readonly<Record<string, string>>>;
}

/** Runs the stages in order, in `root`, and stops at the first that fails. True where one failed. */
export async function runStages(stages: readonly Stage[], root: string): Promise<boolean> {
  const done: string[] = [];
  let failed = false;
  for (const stage of stages) {
    console.log(`\n== ${stage.name} ==`);
    const start = performance.now();
    const status = await runStage(stage, root);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    done.push(`${stage.name}: ${status === 0 ? "ok" : `failed (exit ${status})`}, ${seconds} s`);
    failed = status !== 0;
    if (failed) break;
  }
  console.log(`\n${done.join("\n")}`);
  return failed;
}

async function runStage(stage: Stage, root: string): Promise<number> {
  try {
    return await run(stage.command, root, (await stage.prepare?.()) ?? {});
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** Resolves with the exit status; a command that a signal ended counts as 1. */
async function run(command: readonly string[], root: string, extra: Readonly<Record<string, string>>): Promise<number> {
  const [name = "", ...args] = command;
  const bin = path.join(root, "node_modules", ".bin");
  const env = { ...process.env, ...extra, PATH: `${bin}:${process.env.PATH ?? ""}`, NO_COLOR: "1" };
  const child = spawn(name, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
  await Promise.all([ended, passOnPlain(child.stdout, process.stdout), passOnPlain(child.stderr, process.stderr)]);
  return ended;
}

/** Without colours: with CI=true oxlint paints whatever NO_COLOR says (1.89). */
async function passOnPlain(from: Readable, to: NodeJS.WritableStream): Promise<void> {
  for await (const line of createInterface({ input: from })) to.write(`${stripVTControlCharacters(line)}\n`);
}
