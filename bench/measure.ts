/** What several repetitions gave, in the unit of the values. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** Throws where there are no values: a median of nothing is a broken measurement. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error("nothing was measured");
  return { median: medianOfSorted(sorted), min, max, count: sorted.length };
}

function medianOfSorted(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How long it took, in ms. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** `12.3 ms (11.0 to 15.2, 5 times)`; seconds from 10 s on. */
export function showTime({ median, min, max, count }: Spread): string {
  const [unit, factor] = median >= 10_000 ? ["s", 1 / 1_000] : ["ms", 1];
  const show = (ms: number): string => (ms * factor).toFixed(median * factor < 100 ? 1 : 0);
  return count === 1
    ? `${show(median)} ${unit} (once)`
    : `${show(median)} ${unit} (${show(min)} to ${show(max)}, ${count} times)`;
}
