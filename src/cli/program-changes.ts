import { Option, type Command } from "commander";
import { duration } from "./argument-parsers.ts";
import type { Perform } from "./perform.ts";

interface Waiting {
  readonly wait: boolean;
  readonly timeout: number;
}

/** The verbs that change what is wanted, or hasten it. */
export function addChangeVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Changing it:");
  withTimeout(program.command("apply"))
    .description("look at once, do what the plan says and wait until it is done or held")
    .option("--plan <id>", "this plan or none: refused where the world has moved on")
    .action((options: { plan?: string; timeout: number }) =>
      perform(async (context) => (await import("./verbs/apply.ts")).apply(context, options)),
    );
  withWaiting(program.command("install"))
    .description("want apps, and what they require")
    .argument("<apps...>")
    .option("--restore", "bring back their newest data from the trash first")
    .option("--restore-from <id>", "bring back that entry of the trash first")
    .option("-y, --yes", "do not ask")
    .action((apps: readonly string[], options: Waiting & { restore?: true; restoreFrom?: string; yes?: true }) =>
      perform(async (context) => (await import("./verbs/install.ts")).install(context, apps, options)),
    );
  withWaiting(program.command("update"))
    .description("go to the catalogue's version; what fails to do its work is rolled back")
    .argument("[apps...]")
    .option("--all", "every app that has a newer version in the catalogue")
    .option("-y, --yes", "do not ask")
    .action((apps: readonly string[], options: Waiting & { all?: true; yes?: true }) =>
      perform(async (context) => (await import("./verbs/update.ts")).update(context, apps, options)),
    );
  withWaiting(program.command("adopt"))
    .description("take over containers that are not ours; without an app: which look like one, and what differs")
    .argument("[app]")
    .option("--from <names...>", "the containers meant, where their names don't tell")
    .option("--replace", "make anew what is not as the manifest says; the data stays where it is")
    .option("-y, --yes", "do not ask")
    .action((app: string | undefined, options: Waiting & { from?: string[]; replace?: true; yes?: true }) =>
      perform(async (context) => (await import("./verbs/adopt.ts")).adopt(context, app, options)),
    );
  withWaiting(program.command("uninstall"))
    .description("no longer want apps; their data goes to the trash")
    .argument("<apps...>")
    .option("--purge", "delete the data for good instead; asks for each app's name")
    .option("-y, --yes", "do not ask")
    .action((apps: readonly string[], options: Waiting & { purge?: true; yes?: true }) =>
      perform(async (context) => (await import("./verbs/uninstall.ts")).uninstall(context, apps, options)),
    );
  withWaiting(program.command("start"))
    .description("want apps to run")
    .argument("<apps...>")
    .action((apps: readonly string[], options: Waiting) =>
      perform(async (context) => (await import("./verbs/start.ts")).start(context, apps, options)),
    );
  withWaiting(program.command("stop"))
    .description("want apps to be stopped, until they are started again")
    .argument("<apps...>")
    .action((apps: readonly string[], options: Waiting) =>
      perform(async (context) => (await import("./verbs/stop.ts")).stop(context, apps, options)),
    );
  withWaiting(program.command("restart"))
    .description("restart the containers of apps once")
    .argument("<apps...>")
    .action((apps: readonly string[], options: Waiting) =>
      perform(async (context) => (await import("./verbs/restart.ts")).restart(context, apps, options)),
    );
  withWaiting(program.command("retry"))
    .description("try again what failed, at once: what is paused, and versions that were rolled back")
    .argument("<apps...>")
    .action((apps: readonly string[], options: Waiting) =>
      perform(async (context) => (await import("./verbs/retry.ts")).retry(context, apps, options)),
    );
}

function withWaiting(command: Command): Command {
  return withTimeout(command).option("--no-wait", "do not wait until it is done");
}

function withTimeout(command: Command): Command {
  const option = new Option("--timeout <time>", "how long to wait; the daemon goes on after that").argParser(duration);
  return command.addOption(option.default(15 * 60_000, "15m"));
}
