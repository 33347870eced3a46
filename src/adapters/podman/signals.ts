import { constants } from "node:os";

/** As Podman counts them: glibc keeps 32 and 33 for itself. */
const RTMIN = 34;

const NUMBERS: Readonly<Record<string, number>> = constants.signals;

/** `SIGTERM`, `TERM` or `SIGRTMIN+3` -> 15, 15, 37; null where it is no signal. */
export function signalNumber(name: string): number | null {
  const realtime = /^(?:SIG)?RTMIN(?:\+(\d+))?$/.exec(name);
  if (realtime) return RTMIN + Number(realtime[1] ?? 0);
  return NUMBERS[name.startsWith("SIG") ? name : `SIG${name}`] ?? null;
}

/** What an inspect says, 15 in 4.3 and `SIGTERM` in 5.x, -> `SIGTERM`; empty where it says nothing. */
export function signalName(value: unknown): string {
  if (typeof value === "string") return value === "" || value.startsWith("SIG") ? value : `SIG${value}`;
  if (typeof value !== "number" || value === 0) return "";
  if (value >= RTMIN) return value === RTMIN ? "SIGRTMIN" : `SIGRTMIN+${value - RTMIN}`;
  return Object.keys(NUMBERS).find((name) => NUMBERS[name] === value) ?? String(value);
}
