import type { Violation } from "./architecture.ts";

const LONGEST = 500;
/** Where something was written, as tools leave it in messages and snapshots. `/home/` is free for invented homes. */
const MACHINE_PATH = /(?<![\w./-])\/(?:Users|root|work)\//;

/** Inputs that are meant to break things. */
const HOSTILE = "test/fuzz/corpus/";

/** What no tracked text file may hold, whatever its kind. */
export function untidiness(file: string, text: string): readonly Violation[] {
  if (file.startsWith(HOSTILE)) return [];
  const lines = text.split("\n");
  const found: Violation[] = lines.flatMap((line, index) => {
    const wrong = (message: string) => ({ file, line: index + 1, message });
    return [
      ...(line.includes("\u2014") ? [wrong("an em-dash: use a comma, a colon or a full stop")] : []),
      ...(MACHINE_PATH.test(line) ? [wrong("a path of one machine")] : []),
    ];
  });
  if (lines.length > LONGEST + 1 && !file.endsWith("package-lock.json") && !file.startsWith("schema/")) {
    found.push({
      file,
      line: LONGEST,
      message: `${lines.length - 1} lines; a file is one idea, at most ${LONGEST} lines`,
    });
  }
  return found;
}
