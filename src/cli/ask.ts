import { ArcError } from "../core/errors/arc-error.ts";
import type { CliContext } from "./context.ts";

/** `names`: each must be typed, for what can't be taken back. */
export type Question =
  | { readonly kind: "confirm"; readonly message: string }
  | { readonly kind: "names"; readonly message: string; readonly names: readonly string[] };

/** ARC_USAGE where nobody sits there who could answer. `command`: what does the same without asking. */
export function mustBeAsked({ out }: CliContext, verb: string, command: string): void {
  if (out.interactive) return;
  throw new ArcError("ARC_USAGE", `${verb} asks first, and there is nobody to ask.`, {
    hint: `Say it all at once: ${command}`,
  });
}

/** false: turned down, or broken off by Ctrl-C. */
export async function agreed(context: CliContext, question: Question): Promise<boolean> {
  if (question.kind === "confirm") return confirmed(context, question.message);
  for (const name of question.names) if (!(await typed(context, question.message, name))) return false;
  return true;
}

async function confirmed({ io }: CliContext, message: string): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({ message, input: io.stdin, output: io.stdout });
  return !isCancel(answer) && answer;
}

async function typed({ io }: CliContext, message: string, name: string): Promise<boolean> {
  const { text, isCancel } = await import("@clack/prompts");
  const answer = await text({
    message: `${message} Type ${name} to go on.`,
    input: io.stdin,
    output: io.stdout,
    validate: (value) => (value?.trim() === name ? undefined : `Type ${name}, or press Ctrl-C to change nothing.`),
  });
  return !isCancel(answer);
}
