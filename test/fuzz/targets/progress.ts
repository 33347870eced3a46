import { followProgress } from "../../../src/adapters/podman/progress.ts";
import { engineError } from "../../../src/adapters/podman/error-table.ts";
import { ArcError } from "../../../src/core/errors/arc-error.ts";
import { ERRORS } from "../../../src/core/errors/codes.ts";
import { chunked } from "../chunked.ts";
import { mutateJson } from "../mutate-json.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, target } from "../target.ts";

const WORDS = [
  [
    "lookup ",
    " on ",
    "429 ",
    "registry ",
    "retry-after: ",
    "try again in ",
    "999999999h ",
    "1.5s",
    "toomanyrequests: ",
  ],
  ['building at STEP "', '\\"', '": ', "creating build container: ", "x509: ", "no space left on device", "EOF"],
  [
    "unauthorized",
    "StatusCode: 404",
    "Copying blob sha256:",
    "Copying config ",
    "STEP 1/2: ",
    '{"stream":"',
    '{"error":"',
    '"}\n',
  ],
].flat();

/** A day: whoever is told to wait longer is asked for again all the same. */
const LONGEST_WAIT = 86_400_000;

/** What a pull and a build say, line by line. */
export const progress = target(
  "progress",
  (random, corpus, most) => {
    if (random.fraction() < 0.5) return mutateText(random, corpus, most, WORDS);
    const lines = Array.from({ length: random.integer(1, 5) }, () => mutateJson(random, corpus, most / 8));
    return Buffer.from(lines.join("\n")).subarray(0, most);
  },
  async (input) => {
    for (const operation of ["pull", "build"] as const) {
      await followProgress(operation, chunked(input, input.length), ({ line, layers }) => {
        demand(!line.includes("\n"), "a line with a line's end inside");
        demand(layers === null || layers.done <= layers.known, "more layers are here than known");
      }).catch(checkRefusal);
    }
  },
);

/** The words of an answer that refused. */
export const engineWords = target(
  "engine-words",
  (random, corpus, most) => mutateText(random, corpus, most, WORDS),
  async (input) => {
    const words = input.toString("utf8");
    for (const operation of ["look", "start", "image", "pull", "build"] as const) {
      checkRefusal(engineError(operation, 500, words));
    }
    const line = Buffer.from(JSON.stringify({ error: words }));
    for (const operation of ["pull", "build"] as const) {
      await followProgress(operation, chunked(line, 0)).catch(checkRefusal);
    }
  },
);

function checkRefusal(error: unknown): void {
  if (!(error instanceof ArcError)) throw error;
  demand(Object.hasOwn(ERRORS, error.code) && error.code !== "ARC_INTERNAL", `the code is ${error.code}`);
  demand(error.message.trim() !== "" && error.message.length < 100_000, `${error.message.length} characters of words`);
  const wait = error.retryAfter ?? 0;
  demand(wait >= 0 && wait <= LONGEST_WAIT, `asks to wait ${wait} ms`);
}
