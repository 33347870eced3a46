import * as z from "zod";
import { pattern, port, positiveDuration } from "./scalars.ts";

const urlPath = z.string().startsWith("/").default("/").meta({ description: "The path asked for. Default: /." });
const status = z.int().min(100).max(599);
const passing = status.default(200).meta({ description: "The HTTP status that passes. Default: 200." });

const httpProbe = z.strictObject({
  port: port.meta({ description: "A port inside the container." }),
  path: urlPath,
  status: passing,
});

const tcpProbe = z.strictObject({
  port: port.meta({ description: "A port inside the container that accepts a connection." }),
});

const loading = z
  .strictObject({
    output: pattern
      .optional()
      .meta({ description: "A regular expression on the answer's body or the command's output." }),
    status: status.optional().meta({ description: "An HTTP status." }),
    progress: pattern
      .optional()
      .meta({ description: "A regular expression; its first group is a fraction or a percentage." }),
  })
  .meta({ description: "An answer that means: working, not ready yet. Shown as loading, never counted as a failure." });

const timing = {
  interval: positiveDuration.prefault("10s").meta({ description: "Time between two attempts. Default: 10s." }),
  timeout: positiveDuration
    .prefault("5s")
    .meta({ description: "An attempt without an answer for that long has failed. Default: 5s." }),
  failures: z.int().min(1).default(3).meta({ description: "Failures in a row that count. Default: 3." }),
  loading: loading.optional(),
};

const commandText = z.array(z.string().min(1, "empty elements are refused")).min(1);

/** Exactly one of http, tcp and command: see rules/exactly-one. */
export const probeSchema = z
  .strictObject({
    http: httpProbe.optional().meta({ description: "An HTTP request to the container." }),
    tcp: tcpProbe.optional().meta({ description: "A TCP connection to the container." }),
    command: commandText
      .optional()
      .meta({ description: "Run in the container; passes with exit code 0. One command a container." }),
    ...timing,
  })
  .meta({ id: "probe" });

export const healthSchema = z.strictObject({
  startup: probeSchema
    .optional()
    .meta({ description: "Until it passes once, the others wait. Its failures count as a failed start." }),
  readiness: probeSchema
    .optional()
    .meta({ description: "Passing: ready. Failing: not ready, never restarted for it." }),
  liveness: probeSchema.optional().meta({ description: "Failing: restarted." }),
});

const checkedContainer = z.string().optional().meta({ description: "Which container of this app. Default: main." });

export const checkSchema = z.strictObject({
  name: z.string().min(1).meta({ description: "What the check says, in a few words." }),
  http: httpProbe
    .extend({ container: checkedContainer })
    .optional()
    .meta({ description: "An HTTP request and the status expected." }),
  tcp: tcpProbe
    .extend({ container: checkedContainer })
    .optional()
    .meta({ description: "A TCP connection that must be accepted." }),
  command: z
    .strictObject({
      container: checkedContainer,
      run: commandText.meta({ description: "Program and arguments, run in the container. Must exit 0." }),
      output: pattern.optional().meta({ description: "A regular expression that the output must match." }),
    })
    .optional()
    .meta({ description: "A command in the container and the output expected." }),
});

export type ProbeManifest = z.output<typeof probeSchema>;
export type Loading = z.output<typeof loading>;
