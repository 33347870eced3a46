/** What a command ends with. ERRORS has the same numbers. */
export const EXIT = { done: 0, failed: 1, usage: 2, pending: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
