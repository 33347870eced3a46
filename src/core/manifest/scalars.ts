import * as z from "zod";
import { BYTES_PATTERN, DURATION_PATTERN, parseBytes, parseDuration } from "./units.ts";

/** Milliseconds after parsing. */
export const duration = z
  .string()
  .regex(new RegExp(DURATION_PATTERN), "must be a duration such as 10s, 5m or 15m30s")
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: "A duration: 500ms, 10s, 15m30s, 2h." });

/** Bytes after parsing. */
export const bytes = z
  .string()
  .regex(new RegExp(BYTES_PATTERN), "must be a size such as 64m or 1g")
  .transform((text) => parseBytes(text) ?? 0)
  .meta({ description: "A size in bytes, or with k, m, g, t (powers of 1024)." });

export const port = z
  .int("must be a port from 1 to 65535")
  .min(1, "must be a port from 1 to 65535")
  .max(65535, "must be a port from 1 to 65535");

export const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "must be lower-case words joined by single hyphens")
  .max(40);

export const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, "must be an environment variable's name");

export const absolutePath = z
  .string()
  .regex(/^\/(?!.*(^|\/)\.\.?(\/|$))[^\0\n]*$/, "must be an absolute path without . or ..");

/** Under the app's own folder; symbolic links are checked when the folder is read. */
export const relativePath = z
  .string()
  .min(1)
  .regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[^\0\n]*$/, "must be a path inside the app's folder");

export const secretFile = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be a plain file name: no /, no .., no leading dot");

export const host = z.string().regex(/^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/, "must be a host name or an address");

export const octalMode = z.string().regex(/^0[0-7]{3}$/, 'must be quoted octal such as "0440"');

export const signal = z.string().regex(/^(SIG)?[A-Z][A-Z0-9+]*$/, "must be a signal's name such as SIGTERM or HUP");

/** Text in which {{ ... }} is filled in at every look. */
export const template = z.string();
