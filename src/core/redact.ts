/** What is shorter could stand in any text by chance. */
const SHORTEST = 6;

/** Replaces every secret value in a text, also as JSON writes it. Longest first: one may be part of another. */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const forms = [...secrets].flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const known = [...new Set(forms)].filter((form) => form.length >= SHORTEST).toSorted((a, b) => b.length - a.length);
  if (known.length === 0) return (text) => text;
  const escaped = known.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const pattern = new RegExp(escaped.join("|"), "g");
  return (text) => text.replace(pattern, "(secret)");
}
