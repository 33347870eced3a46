import * as z from "zod";
import { absolutePath, mountTarget, octalMode, relativePath, signal } from "./scalars.ts";

/** A folder under the app's data directory, or a path of the host. Which one decides how it is checked further. */
const volumeSource = z
  .string()
  .min(1)
  .refine(
    (source) => source === "" || (source.startsWith("/") ? absolutePath : relativePath).safeParse(source).success,
    {
      error: (issue) =>
        String(issue.input).startsWith("/")
          ? "must be an absolute path without ., .., double slashes or one at its end"
          : "must be a folder inside the app's data directory, or an absolute host path",
    },
  );

export const volumeSchema = z.strictObject({
  app: z.string().min(1).optional().meta({
    description:
      "A required app, by its alias under requires or by its own name: source is then a folder of that app's data, always mounted read-only.",
  }),
  source: volumeSource.meta({
    description: "A folder under the app's data directory, or an absolute host path (needs consent in node.yml).",
  }),
  target: mountTarget.meta({ description: "Where the container sees it." }),
  read_only: z.boolean().default(false).meta({ description: "The container can't write to it. Default: false." }),
  backup: z
    .strictObject({
      exclude: z
        .array(z.string().min(1))
        .default([])
        .meta({ description: "Patterns of paths that a backup leaves out, such as **/cache/**." }),
    })
    .optional()
    .meta({ description: "What a backup leaves out." }),
});

export const tmpfsSchema = z.strictObject({
  target: mountTarget.meta({ description: "Where the container sees the memory-backed folder." }),
  options: z
    .string()
    .regex(/^[\w=%.,-]*$/, "must be mount options such as size=64m,mode=1777")
    .default("")
    .meta({ description: "Mount options such as size=64m,mode=1777." }),
});

export const fileSchema = z.strictObject({
  template: relativePath.meta({ description: "A Liquid template in the app's folder, rendered at apply." }),
  target: mountTarget.meta({ description: "Where the container sees the rendered file, read-only." }),
  mode: octalMode
    .default("0444")
    .meta({ description: 'Permission bits, quoted: "0440". With a secret inside the file is the user\'s alone.' }),
  on_change: z
    .union([
      z.literal("restart"),
      z.strictObject({ signal: signal.meta({ description: "The signal sent instead of a restart, such as HUP." }) }),
    ])
    .default("restart")
    .meta({ description: "What a changed rendering does to the container: restart, or { signal: HUP }." }),
});
