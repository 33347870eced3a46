import type { Command } from "commander";
import { count } from "./argument-parsers.ts";
import type { Perform } from "./perform.ts";

/** The verbs about requests that take time, and about data that was put aside. */
export function addJobVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Jobs and trash:");
  const jobs = program
    .command("jobs")
    .description("what was asked for and takes time, newest first")
    .option("--app <app>", "of one app only")
    .option("--limit <jobs>", "at most so many", count(1, 1_000), 20)
    .action((options: { app?: string; limit: number }) =>
      perform(async (context) => (await import("./verbs/jobs.ts")).jobs(context, options)),
    );
  jobs
    .command("watch")
    .description("follow a job until it is over; without an id: all that run")
    .argument("[id]")
    .action((id: string | undefined) =>
      perform(async (context) => (await import("./verbs/jobs.ts")).watchJobs(context, id)),
    );
  jobs
    .command("cancel")
    .description("take back what a job asked for")
    .argument("<id>")
    .action((id: string) => perform(async (context) => (await import("./verbs/jobs.ts")).cancelJob(context, id)));

  const trash = program
    .command("trash")
    .description("data of apps that were uninstalled")
    .action(() => perform(async (context) => (await import("./verbs/trash.ts")).trash(context)));
  trash
    .command("empty")
    .description("delete data from the trash for good: what is named by id or app, or everything")
    .argument("[entries...]")
    .option("-y, --yes", "do not ask for the apps' names")
    .action((entries: readonly string[], options: { yes?: true }) =>
      perform(async (context) => (await import("./verbs/trash.ts")).emptyTrash(context, entries, options)),
    );
}
