import { expect, test } from "vitest";
import { keepLines } from "./keep-lines.ts";

test.each([
  [
    "keeps what an edit in the middle does not touch",
    "a:   1\nb: 2\nc: [3]\n",
    "a: 1\nb: 2\nc: [ 3 ]\n",
    "a: 1\nb: 9\nc: [ 3 ]\n",
    "a:   1\nb: 9\nc: [3]\n",
  ],
  [
    "keeps the lines around an added one",
    "a:   1\nc: [3]\n",
    "a: 1\nc: [ 3 ]\n",
    "a: 1\nb: 2\nc: [ 3 ]\n",
    "a:   1\nb: 2\nc: [3]\n",
  ],
  [
    "keeps the lines around a removed one",
    "a:   1\nb: 2\nc: [3]\n",
    "a: 1\nb: 2\nc: [ 3 ]\n",
    "a: 1\nc: [ 3 ]\n",
    "a:   1\nc: [3]\n",
  ],
  [
    "keeps what lies between two edits, repeated lines too",
    "a:\n  s:   1\nb:\n  s:  1\nc:\n  s: 1\nd:   4\n",
    "a:\n  s: 1\nb:\n  s: 1\nc:\n  s: 1\nd: 4\n",
    "a:\n  s: 2\nb:\n  s: 1\nd: 4\ne: 5\n",
    "a:\n  s: 2\nb:\n  s:  1\nd:   4\ne: 5\n",
  ],
  [
    "keeps the others where one comes back elsewhere",
    "a:   1\nb:   2\nc:   3\n",
    "a: 1\nb: 2\nc: 3\n",
    "b: 2\nc: 3\na: 1\n",
    "b:   2\nc:   3\na: 1\n",
  ],
  [
    "takes the print where lines do not match",
    "a: 1\n\n\nb:  2\n",
    "a: 1\n\nb: 2\n",
    "a: 1\n\nb: 3\n",
    "a: 1\n\nb: 3\n",
  ],
  [
    "takes the print where the indentation is another",
    "a:\n    b:  1\n",
    "a:\n  b: 1\n",
    "a:\n  b: 2\n",
    "a:\n  b: 2\n",
  ],
])("%s", (_name, original, before, after, outcome) => {
  expect(keepLines(original, before, after)).toBe(outcome);
});
