import { manifestJsonSchema, nodeJsonSchema } from "../../core/manifest/json-schema.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";

/** The JSON Schema of a file that people write. */
export async function schema({ io }: CliContext, name: "manifest" | "node"): Promise<ExitCode> {
  const made = name === "manifest" ? manifestJsonSchema() : nodeJsonSchema();
  io.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
  return EXIT.done;
}
