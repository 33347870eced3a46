import { processIo } from "./process-io.ts";
import { run } from "./run.ts";

export { run } from "./run.ts";

// A launcher may import this file in place of starting it; it then puts our path where the entry's stands.
if (import.meta.main || process.argv[1] === import.meta.filename)
  process.exitCode = await run(process.argv.slice(2), processIo());
