import { cliPage } from "./cli-page.ts";
import { errorsPage } from "./errors-page.ts";
import { manifestPage } from "./manifest-page.ts";
import { rpcPage } from "./rpc-page.ts";

/** Every page that is made from the source, by its path in the repository. */
export function generatedPages(): Readonly<Record<string, string>> {
  return {
    "docs/rpc.md": rpcPage(),
    "docs/errors.md": errorsPage(),
    "docs/cli.md": cliPage(),
    "docs/manifest.md": manifestPage(),
  };
}
