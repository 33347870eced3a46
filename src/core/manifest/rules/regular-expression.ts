/** What is wrong with a regular expression that needs so many groups; null where nothing is, or it is no text. */
export function regularExpression(source: unknown, groups: number): string | null {
  if (typeof source !== "string") return null;
  try {
    // With an empty alternative it matches anything, and the match has one element more than there are groups.
    const found = new RegExp(`${source}|`).exec("")?.length ?? 1;
    return found - 1 < groups ? "needs a group in parentheses that holds the figure" : null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/: /s, "") : "it can't be read";
    return `is no regular expression: ${reason}`;
  }
}
