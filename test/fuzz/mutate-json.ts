import fc from "fast-check";
import type { SeededRandom } from "../../src/testkit/seeded-random.ts";
import { mutateText } from "./mutate-text.ts";

/** Numbers that JSON can say and JavaScript can't print; put into the text at the end. */
const NUMBERS = ["1e999", "-1e999", "-0", "1e-999", "9007199254740993", "4294967296", "-1", "65536", "0.5", "1e15"];
const MARK = "\u0001number:";

const KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "then",
  "toJSON",
  "",
  "0",
  "length",
  "k".repeat(5_000),
];

/** A JSON text of the corpus with some of its values and keys replaced, or one that was made up; at times broken as a text. */
export function mutateJson(random: SeededRandom, corpus: readonly Buffer[], most: number): Buffer {
  const chance = random.fraction();
  if (chance < 0.2) return mutateText(random, corpus, most, KEYS);
  const [value] = chance < 0.3 ? madeUp(random) : [parsed(random.pick(corpus))];
  let changing = value;
  for (let turn = random.integer(1, 6); turn > 0; turn -= 1) changing = replaced(random, changing, changing);
  const text = JSON.stringify(changing).replaceAll(/"\\u0001number:([^"]*)"/g, "$1");
  return Buffer.from(text).subarray(0, most);
}

function madeUp(random: SeededRandom): readonly unknown[] {
  return fc.sample(fc.jsonValue({ maxDepth: 4, depthSize: "medium" }), {
    numRuns: 1,
    seed: random.integer(0, 2 ** 31),
  });
}

/** A seed need not be whole: what is none counts as a text. */
function parsed(seed: Buffer): unknown {
  try {
    return JSON.parse(seed.toString("utf8"));
  } catch {
    return seed.toString("utf8");
  }
}

/** Goes down to a value by chance and puts another in its place. */
function replaced(random: SeededRandom, value: unknown, root: unknown): unknown {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 || random.fraction() < 0.15) return hostile(random, value, root);
  const [key, child] = random.pick(entries);
  if (Array.isArray(value)) {
    if (random.fraction() < 0.1) return value.toSpliced(Number(key), 1);
    return value.with(Number(key), replaced(random, child, root));
  }
  const others = entries.filter(([other]) => other !== key);
  if (random.fraction() < 0.1) return Object.fromEntries(others);
  if (random.fraction() < 0.1) return Object.fromEntries([...others, [random.pick(KEYS), child]]);
  return Object.fromEntries([...others, [key, replaced(random, child, root)]]);
}

function hostile(random: SeededRandom, value: unknown, root: unknown): unknown {
  switch (random.integer(0, 9)) {
    case 0:
      return null;
    case 1:
      return MARK + random.pick(NUMBERS);
    case 2:
      return random.pick([...KEYS, "\ud800", "\0", "x".repeat(2 ** random.integer(0, 15)), "é\n\t\u2028"]);
    case 3:
      return [value];
    case 4:
      return Object.fromEntries([[random.pick(KEYS), value]]);
    case 5:
      return Array.from({ length: 2 ** random.integer(0, 6) }, () => (typeof value === "object" ? null : value));
    case 6:
      return size(root) < 1_000 ? root : {};
    case 7:
      return nested(2 ** random.integer(3, 15), random.fraction() < 0.5);
    default:
      return random.pick([true, false, "", 0, {}, []]);
  }
}

/** Counts only as far as it matters. */
function size(value: unknown): number {
  const pending = [value];
  let count = 0;
  for (let next = pending.pop(); next !== undefined && count < 1_000; next = pending.pop()) {
    count += 1;
    if (typeof next === "object" && next !== null) pending.push(...Object.values(next).slice(0, 1_000));
  }
  return count;
}

/** The printer of JSON is no deeper than its stack, so at most some thousands. */
function nested(depth: number, inLists: boolean): unknown {
  let value: unknown = 1;
  for (let turn = Math.min(depth, 2_000); turn > 0; turn -= 1) value = inLists ? [value] : { a: value };
  return value;
}
