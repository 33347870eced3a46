const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
export const DURATION_PATTERN = "^(?=\\d)(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$";
export const BYTES_PATTERN = "^\\d+[kmgt]?$";

/** `15m30s` -> 930000. Milliseconds; null where the text is no duration. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (!match || text === "") return null;
  const [, h = "0", m = "0", s = "0", ms = "0"] = match;
  return Number(h) * 3_600_000 + Number(m) * 60_000 + Number(s) * 1_000 + Number(ms);
}

const BYTE_FACTORS = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const;

/** `64m` -> 67108864. Bytes, powers of 1024 as Podman counts them; null where the text is no size. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+)([kmgt]?)$/.exec(text);
  if (!match) return null;
  const bytes = Number(match[1]) * BYTE_FACTORS[match[2] as keyof typeof BYTE_FACTORS];
  return Number.isSafeInteger(bytes) ? bytes : null;
}
