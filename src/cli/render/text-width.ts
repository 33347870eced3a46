const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}])/u;

/** Columns that a text takes in a terminal. Without escape sequences: colours are put on later. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes(text)) width += columns(segment);
  return width;
}

/** At most `width` columns, with an ellipsis where something was cut. */
export function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes(text)) {
    used += columns(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width > 0 ? `${kept}…` : "";
}

function graphemes(text: string): Iterable<{ readonly segment: string }> {
  return new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text);
}

function columns(grapheme: string): number {
  if (/^[\p{Mark}\u200B-\u200F]+$/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
