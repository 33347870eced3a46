/** What /proc/<pid>/stat tells of a process. */
export interface ProcStat {
  /** One letter: R, S, D, T, Z, X, ... */
  readonly state: string;
  /** Clock ticks from the boot to its start: with the pid, it names one process for ever. */
  readonly startTime: string;
}

/** null where the text is none of the kernel's. The name in parentheses may itself hold parentheses and spaces. */
export function parseProcStat(text: string): ProcStat | null {
  const fields = text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(" ");
  // Counted from field 3, the state; the start time is field 22.
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? null : { state, startTime };
}
