import { styleText } from "node:util";
import { assertNever } from "../../core/result.ts";
import type { AppState } from "../../core/status/status.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan" | "none";

/** Puts a colour on a text, or leaves it. */
export type Paint = (style: Style, text: string) => string;

export function painter(coloured: boolean): Paint {
  return (style, text) =>
    coloured && style !== "none" && text !== "" ? styleText(style, text, { validateStream: false }) : text;
}

export function stateStyle(state: AppState): Style {
  switch (state) {
    case "ready":
      return "green";
    case "loading":
    case "starting":
      return "cyan";
    case "waiting":
    case "held":
      return "yellow";
    case "failed":
    case "invalid":
      return "red";
    case "stopped":
    case "absent":
      return "dim";
    default:
      return assertNever(state);
  }
}
