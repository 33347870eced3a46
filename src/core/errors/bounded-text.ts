/** Characters that a problem quotes of a file at most: a key may be as long as the file. */
const LONGEST = 500;

/** The text, or its beginning and its end where it is longer than anyone reads. */
export function boundedText(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 100)} [...] ${text.slice(-90)}`;
}
