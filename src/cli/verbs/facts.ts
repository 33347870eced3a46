import { FACT_NAMES } from "../../core/facts.ts";
import type { FactsView } from "../../rpc/node-api.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { formatTable, type Cell } from "../render/table.ts";

/** The host facts that manifests are resolved with, and who says so. */
export async function facts({ node, out }: CliContext): Promise<ExitCode> {
  out.answer(await node.facts(), (view) => formatTable(["FACT", "VALUE", "FROM"], factRows(view), out));
  return EXIT.done;
}

function factRows({ facts: valid, detected, overridden }: FactsView): readonly (readonly Cell[])[] {
  return FACT_NAMES.map((name) => [
    name,
    String(valid[name]),
    overridden.includes(name)
      ? { text: `node.yml (detected: ${String(detected[name])})`, style: "yellow" }
      : { text: "detected", style: "dim" },
  ]);
}
