import { spawn } from "node:child_process";

/** A registry that has not begun to answer by then never will: Podman itself would wait for ever. */
const FIRST_WORD_MS = 15_000;
/** A slow line may take this long over the layers. */
const WHOLE_MS = 300_000;

/** Pulls an image into the engine's store. Null when it is there, else why not, in a few words. */
export function pull(reference: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn("podman", ["pull", reference], { stdio: ["ignore", "ignore", "pipe"] });
    let words = "";
    const giveUp = (why: string) => {
      child.kill("SIGKILL");
      resolve(why);
    };
    const first = setTimeout(giveUp, FIRST_WORD_MS, "the registry does not answer");
    const whole = setTimeout(giveUp, WHOLE_MS, "it takes too long");
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      words += chunk;
      // Said once the registry has handed out the manifest; "Trying to pull" comes before any answer.
      if (words.includes("Getting image source signatures")) clearTimeout(first);
    });
    const end = (why: string | null) => {
      clearTimeout(first);
      clearTimeout(whole);
      resolve(why);
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code) => end(code === 0 ? null : lastWords(words)));
  });
}

/** The innermost cause of Podman's long chain of them. */
function lastWords(words: string): string {
  const line = words.trim().split("\n").at(-1) ?? "";
  return line.split(": ").slice(-2).join(": ").slice(0, 200) || "no reason given";
}
