import type { CliIo } from "./io.ts";
import { painter, type Paint } from "./render/paint.ts";

/** Where a command's answer goes: text for people, or with --json one document on stdout and nothing else. */
export class Output {
  readonly json: boolean;
  readonly paint: Paint;
  /** Columns of the terminal; null where there is none. */
  readonly width: number | null;
  /** Somebody sits in front of it: they can be asked, and lines can be drawn anew. */
  readonly interactive: boolean;
  readonly #io: CliIo;

  constructor(io: CliIo, options: { readonly json: boolean; readonly colour: boolean }) {
    const terminal = io.stdout.isTTY === true;
    const wanted = io.env["NO_COLOR"] === undefined || io.env["NO_COLOR"] === "";
    this.#io = io;
    this.json = options.json;
    this.paint = painter(terminal && options.colour && wanted && io.env["TERM"] !== "dumb");
    this.width = terminal ? io.stdout.columns || 80 : null;
    this.interactive = terminal && io.stdin.isTTY === true && !options.json;
  }

  /** For people alone. Ends in a newline or gets one. */
  text(text: string): void {
    if (!this.json) this.#io.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  /** The command's answer: as a document where --json was said, else as what `render` makes of it, if anything. */
  answer<T>(value: T, render: (value: T) => string): void {
    if (this.json) {
      this.#io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
      return;
    }
    const text = render(value);
    if (text !== "") this.text(text);
  }

  /** One document on one line, for answers that come bit by bit. */
  line(value: unknown): void {
    this.#io.stdout.write(`${JSON.stringify(value)}\n`);
  }
}
