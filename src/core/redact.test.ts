import { expect, test } from "vitest";
import { redactor } from "./redact.ts";

test.each([
  ["a value", "password is hunter22!", ["hunter22"], "password is (secret)!"],
  ["every occurrence", "hunter22 hunter22", ["hunter22"], "(secret) (secret)"],
  ["what a pattern would take apart", "x $&.*\\1 y", ["$&.*\\1"], "x (secret) y"],
  ["the way JSON writes it", String.raw`{"p":"a\"b\\c\nd"}`, ['a"b\\c\nd'], '{"p":"(secret)"}'],
  ["the longer of two first", "secret-and-more", ["secret", "secret-and-more"], "(secret)"],
  ["nothing so short that it stands anywhere", "a b c", ["a b"], "a b c"],
])("takes out %s", (_what, text, secrets, clean) => {
  expect(redactor(secrets)(text)).toBe(clean);
});
