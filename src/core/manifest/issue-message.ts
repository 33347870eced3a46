import type * as z from "zod";
import { didYouMean } from "../nearest-name.ts";

/** What a union says of itself where its schema has no message of its own. */
export const UNSAID = "is not valid";

/** Our words for what zod finds, for a person who reads YAML. A schema's own messages go before these. */
export function issueMessage(issue: z.core.$ZodRawIssue): string {
  const missing = issue.input === undefined;
  switch (issue.code) {
    case "invalid_type":
      return missing ? "is missing" : `must be ${typeWord(issue.expected)}, ${butIs(issue.input, issue.expected)}`;
    case "invalid_value":
      return missing ? "is missing" : oneOf(issue.values, issue.input);
    case "too_small":
      if (issue.minimum === 1 && issue.origin !== "number") return "is empty";
      if (issue.inclusive === false) return `must be more than ${issue.minimum}`;
      return `must ${amount(issue.origin)} at least ${issue.minimum}${unit(issue.origin)}`;
    case "too_big":
      return `must ${amount(issue.origin)} at most ${issue.maximum}${unit(issue.origin)}`;
    case "invalid_format":
      return formatMessage(issue);
    case "invalid_key":
      return issue.issues[0]?.message ?? "is no good name";
    default:
      return issue.message ?? UNSAID;
  }
}

/** `must be one of tcp, udp; did you mean "tcp"?` */
export function oneOf(values: readonly unknown[], input: unknown): string {
  const names = values.map(String);
  const list = names.length === 1 ? `must be ${names[0]}` : `must be one of ${names.join(", ")}`;
  return typeof input === "string" ? `${list}${didYouMean(input, names)}` : list;
}

/** `text`, `a map`: what a value of that type is called. */
export function typeWord(expected: string): string {
  switch (expected) {
    case "string":
      return "text";
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    default:
      return "a map";
  }
}

function butIs(input: unknown, expected: string): string {
  if (input === null) return "but is empty";
  if (Array.isArray(input)) return "not a list";
  if (typeof input === "object") return "not a map";
  if (typeof input === "string") return "not text";
  const quote = expected === "string" ? "; quote it" : "";
  if (typeof input === "boolean") return `not ${input}${quote}`;
  return `not the number ${JSON.stringify(input)}${quote}`;
}

function formatMessage(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidStringFormat>): string {
  switch (issue.format) {
    case "url":
      return "must be a URL such as https://example.org";
    case "ipv4":
    case "ipv6":
      return "must be an IP address";
    case "datetime":
      return "must be a moment such as 2030-01-31T12:00:00Z";
    case "starts_with":
      return `must begin with ${String(issue.prefix)}`;
    default:
      return "has characters or a form that is not allowed";
  }
}

const amount = (origin: string): string => (origin === "number" || origin === "int" ? "be" : "have");

function unit(origin: string): string {
  if (origin === "string") return " characters";
  return origin === "array" ? " elements" : "";
}
