import * as z from "zod";
import { duration, port } from "./scalars.ts";

const httpProbe = z.strictObject({
  port,
  path: z.string().startsWith("/").default("/"),
  status: z.int().min(100).max(599).default(200).meta({ description: "The answer that passes." }),
});

const loading = z
  .strictObject({
    output: z
      .string()
      .optional()
      .meta({ description: "A regular expression on the answer's body or the command's output." }),
    status: z.int().min(100).max(599).optional().meta({ description: "An HTTP status." }),
    progress: z
      .string()
      .optional()
      .meta({ description: "A regular expression; its first group is a fraction or a percentage." }),
  })
  .meta({ description: "An answer that means: working, not ready yet." });

const timing = {
  interval: duration.prefault("10s"),
  timeout: duration.prefault("5s"),
  failures: z.int().min(1).default(3).meta({ description: "Failures in a row that count." }),
  loading: loading.optional(),
};

const commandText = z.array(z.string().min(1, "empty elements are refused")).min(1);

/** Exactly one of http, tcp and command. */
const probeSchema = z
  .strictObject({
    http: httpProbe.optional(),
    tcp: z.strictObject({ port }).optional(),
    command: commandText
      .optional()
      .meta({ description: "Run in the container; passes with exit code 0. One command a container." }),
    ...timing,
  })
  .refine(
    (probe) => [probe.http, probe.tcp, probe.command].filter(Boolean).length === 1,
    "needs exactly one of http, tcp and command",
  );

export const healthSchema = z.strictObject({
  startup: probeSchema
    .optional()
    .meta({ description: "Until it passes once, the others wait. Its failures count as a failed start." }),
  readiness: probeSchema
    .optional()
    .meta({ description: "Passing: ready. Failing: not ready, never restarted for it." }),
  liveness: probeSchema.optional().meta({ description: "Failing: restarted." }),
});

export const checkSchema = z
  .strictObject({
    name: z.string().min(1),
    http: httpProbe.extend({ container: z.string().optional() }).optional(),
    tcp: z.strictObject({ container: z.string().optional(), port }).optional(),
    command: z
      .strictObject({ container: z.string().optional(), run: commandText, output: z.string().optional() })
      .optional(),
  })
  .refine(
    (check) => [check.http, check.tcp, check.command].filter(Boolean).length === 1,
    "needs exactly one of http, tcp and command",
  );

export type ProbeManifest = z.output<typeof probeSchema>;
export type Loading = z.output<typeof loading>;
export type Check = z.output<typeof checkSchema>;
