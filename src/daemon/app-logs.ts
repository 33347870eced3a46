import { ArcError } from "../core/errors/arc-error.ts";
import { appId } from "../core/ids.ts";
import type { Look } from "../engine/look.ts";
import type { ContainerEngine } from "../ports/engine.ts";
import type { LogEntry } from "../rpc/node-api.ts";
import { mergeStreams } from "./merge-streams.ts";

export interface LogsWanted {
  readonly app: string;
  /** null: all of the app. */
  readonly container: string | null;
  readonly follow: boolean;
  readonly tail: number;
}

/** What an app's containers say, as it comes, without secrets. ARC_APP_UNKNOWN. */
export async function* appLogs(
  { outlook: { apps } }: Look,
  { app, container, follow, tail }: LogsWanted,
  { engine, redact }: { readonly engine: ContainerEngine; readonly redact: (text: string) => string },
  signal: AbortSignal,
): AsyncGenerator<LogEntry> {
  const outlook = apps.get(appId(app));
  if (!outlook) throw new ArcError("ARC_APP_UNKNOWN", `${app} is not on this node`);
  const slots = outlook.slots.filter(({ desired }) => container === null || desired.name === container);
  if (slots.length === 0) {
    const names = outlook.slots.map(({ desired }) => desired.name).join(", ");
    throw new ArcError("ARC_APP_UNKNOWN", `${app} has no container ${container ?? ""}; it has ${names || "none"}`);
  }
  const streams = slots.flatMap(({ desired, match, others }) => {
    const found = match ?? others[0];
    return found ? [{ key: desired.name, lines: engine.logs(found.id, { follow, tail }, signal) }] : [];
  });
  for await (const { key, line } of mergeStreams(streams, signal))
    yield { container: key, ...line, text: redact(line.text) };
}
