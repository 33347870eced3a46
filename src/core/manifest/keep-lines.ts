/**
 * Puts the lines that an edit did not touch back as they were written. A YAML printer lays out the whole file in its
 * own way (spaces before comments, inside brackets), but the owner's other lines are not ours to change.
 *
 * `before` and `after` are prints without and with one edit, so they differ in one place. Where `original` is not laid
 * out line for line like `before`, which line is which is not known, and the print with the edit is the answer.
 */
export function keepLines(original: string, before: string, after: string): string {
  const written = original.split("\n");
  const printed = before.split("\n");
  const wanted = after.split("\n");
  if (written.length !== printed.length) return after;
  if (!written.every((line, at) => isSameLine(line, printed[at] ?? ""))) return after;

  const shorter = Math.min(printed.length, wanted.length);
  let head = 0;
  while (head < shorter && printed[head] === wanted[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && printed.at(-1 - tail) === wanted.at(-1 - tail)) tail += 1;
  return [
    ...written.slice(0, head),
    ...wanted.slice(head, wanted.length - tail),
    ...written.slice(written.length - tail),
  ].join("\n");
}

/** Apart from spaces within the line; its indentation has a meaning. */
function isSameLine(a: string, b: string): boolean {
  return indentation(a) === indentation(b) && a.replaceAll(/\s/g, "") === b.replaceAll(/\s/g, "");
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}
