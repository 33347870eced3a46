/** One figure against its budget in the design's section 10. */
export interface Finding {
  /** Row of the table there, from 1. */
  readonly row: number;
  readonly what: string;
  readonly value: number;
  /** How the value is shown: a ratio as `1.23 x`. */
  readonly unit: "x" | "ms" | "MB" | "%" | "B";
  readonly budget: { readonly atMost: number } | { readonly atLeast: number };
  /** The figures it was made from, with their spread. */
  readonly from: string;
}

export function isMet({ value, budget }: Finding): boolean {
  return "atMost" in budget ? value <= budget.atMost : value >= budget.atLeast;
}

export const showValue = ({ value, unit }: Finding): string => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`;

export const showBudget = ({ budget, unit }: Finding): string =>
  "atMost" in budget ? `<= ${budget.atMost} ${unit}` : `>= ${budget.atLeast} ${unit}`;

/** Prints a finding and, where `bench/all.ts` started this script, hands it over. */
export function tell(finding: Finding): void {
  const verdict = isMet(finding) ? "met" : "MISSED";
  console.log(`${verdict}: ${finding.what}: ${showValue(finding)} (budget ${showBudget(finding)}); ${finding.from}`);
  process.send?.(finding);
}
