import { PassThrough, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { DaemonSide } from "../cli/daemon-side.ts";
import type { CliIo } from "../cli/io.ts";
import { run } from "../cli/run.ts";

/** A sink that keeps what was written. */
class Captured extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #onQuestion: () => void;

  constructor(terminal: boolean, columns: number, onQuestion: () => void = () => {}) {
    super({ decodeStrings: false });
    this.isTTY = terminal;
    this.columns = columns;
    this.#onQuestion = onQuestion;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    const text = String(chunk);
    this.text += text;
    // A prompt begins by hiding the cursor. It listens to its own end only after it has drawn itself.
    if (text.includes("\u001b[?25l")) setImmediate(this.#onQuestion);
    done();
  }
}

/** An input that says it is a terminal, as far as prompts ask. */
class Keyboard extends PassThrough {
  readonly isTTY: boolean;

  constructor(terminal: boolean) {
    super();
    this.isTTY = terminal;
  }

  setRawMode(): this {
    return this;
  }
}

export interface IoScript {
  readonly home: string;
  /** Stdin and stdout are a terminal of this many columns; absent: they are none. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Typed on the keyboard: before anything is asked; or a text for each question, as soon as that is shown. */
  readonly typed?: string | readonly string[];
  readonly daemon?: Partial<DaemonSide>;
  readonly now?: number;
  readonly interrupt?: AbortSignal;
}

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Stdout without colours and cursor movements. */
  readonly plain: string;
}

/** Runs one command line in this process against `home` and returns what came of it. */
export async function runCommand(argv: readonly string[], script: IoScript): Promise<CommandRun> {
  const terminal = script.columns !== undefined;
  const stdin = new Keyboard(terminal);
  const answers = typeof script.typed === "object" ? [...script.typed] : [];
  const stdout = new Captured(terminal, script.columns ?? 80, () => stdin.write(answers.shift() ?? ""));
  const stderr = new Captured(terminal, script.columns ?? 80);
  if (typeof script.typed === "string") stdin.write(script.typed);
  const io: CliIo = {
    stdin,
    stdout,
    stderr,
    env: { ARCHIPELAGO_HOME: script.home, ...script.env },
    cwd: script.home,
    root: false,
    installDir: "/installed",
    now: () => script.now ?? Date.now(),
    interrupt: () => script.interrupt ?? new AbortController().signal,
    daemon: { ...noDaemonSide, ...script.daemon },
    resync: 5,
  };
  const code = await run(argv, io);
  return { code, stdout: stdout.text, stderr: stderr.text, plain: stripVTControlCharacters(stdout.text) };
}

const unexpected = (): never => {
  throw new Error("this test does not expect a daemon's code to be used");
};

const noDaemonSide: DaemonSide = {
  run: unexpected,
  offlinePlan: unexpected,
  validateFiles: unexpected,
  diagnose: unexpected,
};
