/**
 * Puts the lines that edits did not touch back as they were written. A YAML printer lays out the whole file in its own
 * way (spaces before comments, inside brackets), but the owner's other lines are not ours to change.
 *
 * `before` and `after` are prints without and with the edits. Where `original` is not laid out line for line like
 * `before`, which line is which is not known, and the print with the edits is the answer.
 */
export function keepLines(original: string, before: string, after: string): string {
  const written = original.split("\n");
  const printed = before.split("\n");
  if (written.length !== printed.length) return after;
  if (!written.every((line, at) => isSameLine(line, printed[at] ?? ""))) return after;
  const wanted = after.split("\n");
  const outcome = [...wanted];
  for (const [from, to] of unchanged(printed, wanted)) outcome[to] = written[from] ?? "";
  return outcome.join("\n");
}

/** Apart from spaces within the line; its indentation has a meaning. */
function isSameLine(a: string, b: string): boolean {
  return indentation(a) === indentation(b) && a.replaceAll(/\s/g, "") === b.replaceAll(/\s/g, "");
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}

/** A line's index before, and after. */
type Pairing = readonly [from: number, to: number];

/**
 * Which lines are the same in both: those that occur once in each text, in an order that both share (a patience diff),
 * and what is equal next to them. `state: running` stands in every app, but the app's name above it only once.
 */
function unchanged(before: readonly string[], after: readonly string[]): readonly Pairing[] {
  const pairs: Pairing[] = [];
  let [from, to] = [0, 0];
  for (const anchor of [...anchors(before, after), [before.length, after.length] as const]) {
    pairs.push(...equalEnds(before, after, [from, to], anchor));
    if (anchor[0] < before.length) pairs.push(anchor);
    [from, to] = [anchor[0] + 1, anchor[1] + 1];
  }
  return pairs;
}

/** Between two anchors: what is equal from the front, then what is equal from the back. */
function equalEnds(
  before: readonly string[],
  after: readonly string[],
  start: Pairing,
  end: Pairing,
): readonly Pairing[] {
  const pairs: Pairing[] = [];
  let [from, to] = start;
  while (from < end[0] && to < end[1] && before[from] === after[to]) pairs.push([from++, to++]);
  let [fromEnd, toEnd] = end;
  while (fromEnd > from && toEnd > to && before[fromEnd - 1] === after[toEnd - 1]) pairs.push([--fromEnd, --toEnd]);
  return pairs;
}

/** Lines that each text has once, as many as can be in the order of both. */
function anchors(before: readonly string[], after: readonly string[]): readonly Pairing[] {
  const [old, now] = [placesOfUnique(before), placesOfUnique(after)];
  const shared = [...old].flatMap(([line, from]): Pairing[] => {
    const to = now.get(line);
    return to === undefined ? [] : [[from, to]];
  });
  return longestRising(shared);
}

function placesOfUnique(lines: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [at, line] of lines.entries()) {
    if (places.has(line)) repeated.add(line);
    places.set(line, at);
  }
  for (const line of repeated) places.delete(line);
  return places;
}

interface Link {
  readonly pair: Pairing;
  readonly previous: Link | null;
}

/**
 * The longest selection whose places after rise too; `pairs` come in the order of before. Only an app that is removed
 * and added again stands elsewhere than it did. `tops[n]` ends the selection of n + 1 pairs that ends lowest.
 */
function longestRising(pairs: readonly Pairing[]): readonly Pairing[] {
  const tops: Link[] = [];
  for (const pair of pairs) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle]?.pair[1] ?? 0) < pair[1]) low = middle + 1;
      else high = middle;
    }
    tops[low] = { pair, previous: tops[low - 1] ?? null };
  }
  const chosen: Pairing[] = [];
  for (let link = tops.at(-1) ?? null; link !== null; link = link.previous) chosen.push(link.pair);
  return chosen.toReversed();
}
