import { expect, it } from "vitest";
import { signalName, signalNumber } from "./signals.ts";

it.each([
  ["SIGTERM", 15],
  ["HUP", 1],
  ["SIGUSR1", 10],
  ["SIGRTMIN+3", 37],
  ["RTMIN", 34],
  ["SIGNONE", null],
])("%s is signal %s", (name, number) => {
  expect(signalNumber(name)).toBe(number);
});

it.each([
  [15, "SIGTERM"],
  [37, "SIGRTMIN+3"],
  ["SIGINT", "SIGINT"],
  ["INT", "SIGINT"],
  [0, ""],
  [undefined, ""],
])("an inspect's %s is called %s", (value, name) => {
  expect(signalName(value)).toBe(name);
});
