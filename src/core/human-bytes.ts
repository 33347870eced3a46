const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** `412 MB`, `1.2 GB`; powers of 1000, as disks are sold. null is `size not known`. */
export function humanBytes(bytes: number | null): string {
  if (bytes === null) return "size not known";
  let value = bytes;
  let unit = 0;
  // 999.5 of a unit would be rounded to 1000 of it.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const figure = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${figure} ${UNITS[unit] ?? ""}`;
}
