import { Command, type OutputConfiguration } from "commander";
import { count, logLevel, schemaName } from "./argument-parsers.ts";
import type { Perform } from "./perform.ts";
import { addChangeVerbs } from "./program-changes.ts";
import { addJobVerbs } from "./program-jobs.ts";
import { VERSION } from "./version.ts";

/** The whole command line: verbs, arguments, options. docs/cli.md is printed from it. */
export function buildProgram(perform: Perform, output: OutputConfiguration): Command {
  const program = new Command("archipelago")
    .description("Keeps the containers of a self-hosted Bitcoin node exactly as their manifests say.")
    .version(VERSION, "-V, --version", "print the version")
    .option("--home <dir>", "where everything is kept (ARCHIPELAGO_HOME; root: /var/lib/archipelago, else XDG)")
    .option("--apps <dir>", "the catalogue: a directory of app folders (default: the one installed)")
    .option("--socket <path>", "Podman's API socket (default: found, or a service of our own)")
    .option("--listen <address>", "loopback address that `up` serves besides its socket, such as 127.0.0.1:7700")
    .option("--json", "answer with one JSON document")
    .option("--no-color", "no colours (also NO_COLOR)")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput(output);

  program.commandsGroup("The node:");
  program
    .command("up")
    .description("run the daemon until it is interrupted")
    .option("--log-level <level>", "trace, debug, info, warn, error, fatal or silent", logLevel, "info")
    .action((options: { logLevel: string }) =>
      perform(async (context) => (await import("./verbs/up.ts")).up(context, options)),
    );
  program
    .command("status")
    .description("what runs, and how it is")
    .action(() => perform(async (context) => (await import("./verbs/status.ts")).status(context)));
  program
    .command("plan")
    .description("what would be done now, and why; changes nothing (exit 3: there is something to do)")
    .option("--offline", "ask no daemon: look at the engine from here")
    .action((options: { offline?: true }) =>
      perform(async (context) => (await import("./verbs/plan.ts")).plan(context, options)),
    );
  addChangeVerbs(program, perform);
  addJobVerbs(program, perform);

  program.commandsGroup("Looking closer:");
  program
    .command("logs")
    .description("what an app's containers print")
    .argument("<app>")
    .option("-c, --container <name>", "one container only")
    .option("-f, --follow", "stay and print what comes")
    .option("-n, --tail <lines>", "how many of the last lines to begin with", count(0, 10_000), 100)
    .action((app: string, options: { container?: string; follow?: true; tail: number }) =>
      perform(async (context) => (await import("./verbs/logs.ts")).logs(context, app, options)),
    );
  program
    .command("explain")
    .description("what an app is doing and why, what differs, what was decided lately")
    .argument("<app>")
    .action((app: string) => perform(async (context) => (await import("./verbs/explain.ts")).explain(context, app)));
  program
    .command("history")
    .description("what was done and why, newest first")
    .option("--app <app>", "of one app only")
    .option("--since <when>", "a length of time (90s, 1h, 7d) or a moment (2026-01-31T12:00Z)")
    .option("--limit <entries>", "at most so many", count(1, 1_000), 50)
    .action((options: { app?: string; since?: string; limit: number }) =>
      perform(async (context) => (await import("./verbs/history.ts")).history(context, options)),
    );
  program
    .command("facts")
    .description("the host facts that manifests are resolved with")
    .action(() => perform(async (context) => (await import("./verbs/facts.ts")).facts(context)));
  program
    .command("doctor")
    .description("look for what keeps containers from running here; needs no daemon")
    .action(() => perform(async (context) => (await import("./verbs/doctor.ts")).doctor(context)));

  program.commandsGroup("Writing manifests:");
  program
    .command("validate")
    .description("check manifests, or the whole catalogue; needs no daemon")
    .argument("[files...]", "manifest.yml files of app folders")
    .action((files: readonly string[]) =>
      perform(async (context) => (await import("./verbs/validate.ts")).validate(context, files)),
    );
  program
    .command("schema")
    .description("print the JSON Schema of a file")
    .argument("[file]", "manifest or node", schemaName, "manifest")
    .action((name: "manifest" | "node") =>
      perform(async (context) => (await import("./verbs/schema.ts")).schema(context, name)),
    );
  return program;
}
