import { spawn } from "node:child_process";
import path from "node:path";

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
function run(command: readonly string[], root: string, extra: Readonly<Record<string, string>>): Promise<number> {
  const [name = "", ...args] = command;
  const bin = path.join(root, "node_modules", ".bin");
  // Plain, whoever asks for colour: any value of FORCE_COLOR, 0 too, counts as a yes for some tools (oxfmt 0.75).
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, ...extra, PATH: `${bin}:${process.env.PATH ?? ""}`, NO_COLOR: "1" };
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
