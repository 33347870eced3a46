import { MAIN_CONTAINER } from "../../core/manifest/manifest.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printable, printableLog } from "../render/printable.ts";

interface LogsOptions {
  readonly container?: string;
  readonly follow?: true;
  readonly tail: number;
}

/** What an app's containers print; with --json one document a line. Ends at an interrupt, which is no failure. */
export async function logs({ io, node, out }: CliContext, app: string, options: LogsOptions): Promise<ExitCode> {
  const { container = null, follow = false, tail } = options;
  for await (const entry of node.logs(app, container, { follow, tail }, io.interrupt())) {
    if (out.json) {
      out.line(entry);
      continue;
    }
    const named = container === null && entry.container !== MAIN_CONTAINER;
    const prefix = named ? out.paint("cyan", `${printable(entry.container)} | `) : "";
    // A file gets the bytes as they are; a terminal nothing that could play tricks on it.
    out.text(prefix + (out.width === null ? entry.text : printableLog(entry.text)));
  }
  return EXIT.done;
}
