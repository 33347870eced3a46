import * as z from "zod";
import { BYTES_PATTERN, DURATION_PATTERN, parseBytes, parseDuration } from "./units.ts";

/** A week: timers count in 31 bits of milliseconds, and nothing here waits longer. */
const LONGEST = 7 * 24 * 3_600_000;

/** Milliseconds after parsing; 0 to a week. */
export const duration = z
  .string()
  .regex(new RegExp(DURATION_PATTERN), "must be a duration such as 10s, 5m or 15m30s")
  .refine((text) => (parseDuration(text) ?? 0) <= LONGEST, "must be at most a week: 168h")
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ id: "duration", description: "A duration: 500ms, 10s, 15m30s, 2h." });

/** Milliseconds after parsing; never 0, so that what repeats does not spin. */
export const positiveDuration = z
  .string()
  .regex(new RegExp(DURATION_PATTERN), "must be a duration such as 10s, 5m or 15m30s")
  .refine((text) => (parseDuration(text) ?? 1) >= 100, "must be at least 100ms")
  .refine((text) => (parseDuration(text) ?? 0) <= LONGEST, "must be at most a week: 168h")
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ id: "positive-duration", description: "A duration of at least 100ms: 500ms, 10s, 15m30s, 2h." });

/** Bytes after parsing. */
export const bytes = z
  .string()
  .regex(new RegExp(BYTES_PATTERN), "must be a size such as 64m or 1g")
  .refine((text) => !new RegExp(BYTES_PATTERN).test(text) || (parseBytes(text) ?? 0) > 0, "must be a size that exists")
  .transform((text) => parseBytes(text) ?? 0)
  .meta({ id: "size", description: "A size in bytes, or with k, m, g, t (powers of 1024)." });

export const imageReference = z
  .string()
  .regex(/^[a-z0-9][\w.:/@-]*$/i, "must be an image reference such as docker.io/library/nginx:1.28@sha256:...");

export const port = z
  .int({ error: (issue) => (issue.input === undefined ? undefined : "must be a port from 1 to 65535") })
  .min(1, "must be a port from 1 to 65535")
  .max(65535, "must be a port from 1 to 65535");

export const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "must be lower-case words joined by single hyphens")
  .max(40);

/** The name of a setting or of a provided field: what templates write behind a dot. */
export const fieldName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, "must be a lower-case name with underscores")
  .max(64);

export const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, "must be an environment variable's name");

export const absolutePath = z
  .string()
  .regex(
    /^\/$|^(?!.*\/\.{0,2}(\/|$))\/[^\0\n]+$/,
    "must be an absolute path without ., .., double slashes or one at its end",
  );

/** Where something is mounted: never over the container's root. */
export const mountTarget = absolutePath.refine((path) => path !== "/", "can't be mounted over the root");

/** Under the app's own folder; symbolic links are checked against the folder. */
export const relativePath = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.{0,2}(\/|$))[^\0\n]+$/, "must be a path inside the app's folder");

export const secretFile = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be a plain file name: no /, no .., no leading dot")
  .max(100);

export const host = z.string().regex(/^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/, "must be a host name or an address");

/** An address on the host to listen on. */
export const bindAddress = z.union([z.ipv4(), z.ipv6()], {
  error: (issue) => (typeof issue.input === "string" ? "must be an address of the host such as 127.0.0.1" : undefined),
});

export const octalMode = z.string().regex(/^0[0-7]{3}$/, 'must be quoted octal such as "0440"');

/** `1000:1000`; the last number of 32 bits means nobody in the kernel. */
export const owner = z
  .string()
  .regex(/^\d{1,10}:\d{1,10}$/, 'must be "uid:gid", such as "1000:1000"')
  .refine(
    (text) => text.split(":").every((id) => !/^\d{1,10}$/.test(id) || Number(id) < 2 ** 32 - 1),
    "must have a uid and a gid of at most 4294967294",
  );

export const signal = z
  .string()
  .regex(
    /^(SIG)?(HUP|INT|QUIT|ABRT|KILL|USR1|USR2|PIPE|ALRM|TERM|CONT|STOP|TSTP|WINCH|IO|PWR|RTMIN(\+([0-9]|[12][0-9]|30))?|RTMAX(-([0-9]|[12][0-9]|30))?)$/,
    "must be a signal's name such as SIGTERM or HUP",
  );

/** A regular expression; that it compiles is checked when the file is read. */
export const pattern = z.string().min(1).max(1000);

/** Text in which {{ ... }} is filled in at every look. */
export const template = z.string();
