import { Composer, Document, Parser, YAMLParseError, type CST } from "yaml";

/**
 * Duplicate keys are found by the caller: the library's own search compares each key with every other, which takes
 * minutes for a large map. Tags beyond the core schema stay unknown: all are refused, and each use of a known one makes
 * the search for the next one longer (yaml 2.9).
 */
const OPTIONS = {
  version: "1.2",
  uniqueKeys: false,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: "error",
} as const;

const LOST = "nests too deeply; a brace or bracket may be without its end";

/** Each costs a stack trace, and a text that is none of YAML has one in every line. */
const MOST_STRAY_TOKENS = 100;

/**
 * What the library's own `parseDocument` gives, but it never throws. The library's parser runs out of stack (yaml 2.9) in
 * thousands of lines behind a brace that is never closed; the document has an error then that says so. Where a text makes
 * no sense it is read no further.
 */
export function composeYaml(text: string): Document {
  const documents = new Composer(OPTIONS).compose(tokens(text), true, text.length);
  // Of an empty text one is made, too.
  const first = documents.next().value;
  if (!first) return new Document(null, OPTIONS);
  const second = documents.next().value;
  if (second) {
    const place: [number, number] = [second.range[0], second.range[1]];
    first.errors.push(new YAMLParseError(place, "MULTIPLE_DOCS", "must hold one document only"));
  }
  return first;
}

function* tokens(text: string): Generator<CST.Token> {
  const parser = new Parser();
  let stray = 0;
  try {
    for (const token of parser.parse(text)) {
      yield token;
      if (token.type === "error") stray += 1;
      if (stray >= MOST_STRAY_TOKENS) return;
    }
  } catch {
    yield { type: "error", offset: Math.min(parser.offset, text.length), source: "", message: LOST };
  }
}
