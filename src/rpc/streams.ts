import * as z from "zod";
import { errorDataSchema } from "./rpc-error.ts";
import { logEntry } from "./view-schemas.ts";

/** What GET /apps/:app/logs takes in its query. */
export const logsQuery = z.strictObject({
  container: z.string().min(1).exactOptional().meta({ description: "One container; default: all of the app." }),
  follow: z.stringbool().default(false).meta({ description: "`true`: stay and send what comes." }),
  tail: z.coerce
    .number<string>()
    .int()
    .min(0)
    .max(10_000)
    .default(100)
    .meta({ description: "How many of the last lines of each container to begin with." }),
});

/** An error over plain HTTP, and the last line of a log stream that broke off. */
export const httpErrorSchema = z.object({ error: errorDataSchema.extend({ message: z.string() }) });

/** One line of a log stream. */
export const logLineSchema = z.union([logEntry, httpErrorSchema]);

/** Names of server-sent events. `reset`: events were missed that can't be sent again; look at node.status. */
export const EVENT_NAMES = ["state", "history", "job", "engine", "reset"] as const;

/** Where things are under the base address. */
export const PATHS = {
  rpc: "/rpc",
  events: "/events",
  health: "/healthz",
  logs: (app: string): string => `/apps/${encodeURIComponent(app)}/logs`,
} as const;
