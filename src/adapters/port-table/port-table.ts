import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PortTable } from "../../ports/port-table.ts";
import { isMissing } from "../files/errno.ts";
import { listeningPorts } from "./socket-table.ts";

const TABLES = [
  ["tcp", "tcp"],
  ["tcp6", "tcp"],
  ["udp", "udp"],
  ["udp6", "udp"],
] as const;

/** /proc/net: the sockets of this network namespace. A host without IPv6 has no tables for it. */
export class ProcPortTable implements PortTable {
  readonly #root: string;

  constructor(netRoot = "/proc/net") {
    this.#root = netRoot;
  }

  async listening(): Promise<ReadonlySet<string>> {
    const ports = new Set<string>();
    for (const [table, protocol] of TABLES) {
      const text = await textOf(join(this.#root, table));
      for (const port of listeningPorts(text, protocol)) ports.add(`${protocol}/${port}`);
    }
    return ports;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
