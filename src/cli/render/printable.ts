/**
 * Text that came from outside (a container's output, a manifest) as it may go to a terminal: control characters, which
 * could move the cursor or rewrite what stands there, and marks that turn the direction of writing show as escapes.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, escaped);
}

/** The same for a line of a log, where tabs and colours are usual and harmless. */
export function printableLog(text: string): string {
  return text.replace(/\p{Cc}(?:\[[\d;]*m)?|[\u202a-\u202e\u2066-\u2069]/gu, (match) => {
    const harmless = match === "\t" || (match.startsWith("\u001b") && match.length > 1);
    return harmless ? match : escaped(match) + match.slice(1);
  });
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
