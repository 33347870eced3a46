const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** A length of time in ms as one short figure: `3m`, `2h`, `12d`; less than a second is `0s`. */
export function humanDuration(ms: number): string {
  for (const [unit, length] of UNITS) if (ms >= length) return `${Math.floor(ms / length)}${unit}`;
  return "0s";
}

/** How long ago; `-` for a moment that never was. A clock that stands a little before is `0s`. */
export function age(moment: number, now: number): string {
  return moment === 0 ? "-" : humanDuration(now - moment);
}
