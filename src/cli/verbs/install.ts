import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-code.ts";
import { age } from "../render/age.ts";
import { humanBytes } from "../../core/human-bytes.ts";

interface InstallOptions extends Waiting {
  readonly restore?: true;
  readonly restoreFrom?: string;
  readonly yes?: true;
}

/** Wants apps and what they require, and waits until they are ready. Says what the trash has of them before it asks. */
export async function install(
  context: CliContext,
  apps: readonly string[],
  { restore: newest, restoreFrom, yes, ...waiting }: InstallOptions,
): Promise<ExitCode> {
  const restore = restoreFrom ?? newest;
  const offer = restore || yes || !context.out.interactive ? "" : await trashOffer(context, apps);
  return change(context, {
    ...waiting,
    edit: { kind: "install", apps, ...(restore && { restore }) },
    question: yes ? null : { kind: "confirm", message: `Install ${apps.join(", ")}?` },
    ...(offer !== "" && { note: offer }),
  });
}

/** The newest data of each app in the trash; empty where there is none. */
async function trashOffer({ node, io }: CliContext, apps: readonly string[]): Promise<string> {
  const entries = await node.trash();
  const lines = apps.flatMap((app) => {
    // Newest first.
    const entry = entries.find((each) => each.app === app);
    if (!entry) return [];
    const when = `${new Date(entry.at).toISOString().slice(0, 10)}, ${age(entry.at, io.now())} ago`;
    return [`The trash has data of ${app}: ${humanBytes(entry.bytes)}, from ${when}.`];
  });
  if (lines.length === 0) return "";
  return [...lines, `It stays there. To bring it back: archipelago install --restore ${apps.join(" ")}`].join("\n");
}
