import type { SeededRandom } from "../../src/testkit/seeded-random.ts";

/** Bytes as a string of one character each, so that texts and bytes are cut and joined by the same means. */
const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** What has broken readers of text before. */
export const HOSTILE: readonly string[] = [
  ["\0", "\r\n", "\r", "\n", "\t", " ", "\u0085", "\u2028", "\ufeff", "\u00a0", "\u202e", "🟠", "e\u0301"].map(bytes),
  ["\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"],
  ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "then", "length", "valueOf"],
  ["1e999", "-1e999", "-1", "0", "-0", "9007199254740993", "18446744073709551616", "0x7fffffffffffffff", "1e-400"],
  [".inf", ".nan", "NaN", "null", "~", "true", "1_000", "0o17", "2026-02-30", "99999h", "99999999999t"],
  ["{", "}", "[", "]", '"', "'", ":", ",", "#", "\\", "\\u0000", "\\ud800", "/", "..", "%", "$", "`", "|", "<", ">"],
].flat();

/** Changes a text in one to several places. At most `most` bytes come out. */
export function mutateText(
  random: SeededRandom,
  corpus: readonly Buffer[],
  most: number,
  dictionary: readonly string[] = [],
): Buffer {
  const words = random.fraction() < 0.5 && dictionary.length > 0 ? dictionary.map(bytes) : HOSTILE;
  let text = random.pick(corpus).toString("latin1");
  const turns = 2 ** random.integer(0, 5);
  for (let turn = 0; turn < turns && text.length < most; turn += 1) text = changed(random, text, corpus, words);
  // A few are large: what costs the square of its size shows only there.
  if (random.fraction() < 0.01)
    text = blownUp(random, text, most >> random.integer(0, 6), [...words, ...dictionary.map(bytes)]);
  return Buffer.from(text.slice(0, most), "latin1");
}

function changed(random: SeededRandom, text: string, corpus: readonly Buffer[], words: readonly string[]): string {
  const at = random.integer(0, text.length + 1);
  const end = Math.min(text.length, at + 2 ** random.integer(0, 9));
  const [head, part, tail] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  switch (random.integer(0, 11)) {
    case 0:
      return head + String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << random.integer(0, 8))) + text.slice(at + 1);
    case 1:
      return head + Buffer.from(random.bytes(random.integer(1, 9))).toString("latin1") + text.slice(at);
    case 2:
      return head + tail;
    case 3:
      return head + part.repeat(random.integer(2, 9)) + tail;
    case 4:
      return head + random.pick(words) + text.slice(at);
    case 5:
      return head + random.pick(words) + tail;
    case 6:
      return head + spliced(random, random.pick(corpus).toString("latin1")) + tail;
    case 7:
      return otherLines(random, text);
    case 8:
      return otherWord(random, text, words);
    case 9:
      return random.fraction() < 0.5 ? text.replaceAll("\n", "\r\n") : bytes("\ufeff") + text;
    default:
      return head + random.pick(words).repeat(2 ** random.integer(0, 11)) + text.slice(at);
  }
}

function spliced(random: SeededRandom, other: string): string {
  const from = random.integer(0, other.length + 1);
  return other.slice(from, from + 2 ** random.integer(2, 10));
}

/** A line goes elsewhere, comes twice, or stands deeper. */
function otherLines(random: SeededRandom, text: string): string {
  const lines = text.split("\n");
  const [from, to] = [random.integer(0, lines.length), random.integer(0, lines.length)];
  const line = lines[from] ?? "";
  switch (random.integer(0, 3)) {
    case 0:
      return lines.toSpliced(from, 1).toSpliced(to, 0, line).join("\n");
    case 1:
      return lines.toSpliced(to, 0, line).join("\n");
    default:
      return lines.with(from, " ".repeat(random.integer(0, 9)) + line.trimStart()).join("\n");
  }
}

/** One word for another of the same text, or for a hostile one; layout stays. */
function otherWord(random: SeededRandom, text: string, words: readonly string[]): string {
  const found = [...text.matchAll(/[\w.-]+/g)];
  if (found.length === 0) return text;
  const old = random.pick(found);
  const next = random.fraction() < 0.5 ? random.pick(found)[0] : random.pick(words);
  return text.slice(0, old.index) + next + text.slice(old.index + old[0].length);
}

/** Some words, again and again: deep nesting, long lines, thousands of keys, one very long key. */
function blownUp(random: SeededRandom, text: string, most: number, words: readonly string[]): string {
  const at = random.fraction() < 0.5 ? 0 : random.integer(0, text.length + 1);
  const unit = Array.from({ length: random.integer(1, 4) }, () => random.pick(words)).join("");
  const times = Math.floor((most - text.length) / Math.max(1, unit.length));
  const numbered = random.fraction() < 0.3;
  const middle = numbered
    ? Array.from({ length: Math.min(times, 20_000) }, (_, index) => `${unit}${index}`).join(
        random.pick(["\n", ": 1\n", ", "]),
      )
    : unit.repeat(Math.max(0, times));
  return text.slice(0, at) + middle + (random.fraction() < 0.5 ? text.slice(at) : "");
}
