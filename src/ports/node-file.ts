import type { NodeEdit } from "../core/manifest/edit-node.ts";
import type { NodeConfig } from "../core/manifest/node-schema.ts";
import type { Problem } from "../core/errors/problem.ts";

export type { NodeEdit };

export type NodeFileState =
  | { readonly valid: true; readonly config: NodeConfig; readonly text: string }
  /** The last valid state goes on to count; null where there never was one. */
  | { readonly valid: false; readonly problems: readonly Problem[]; readonly last: NodeConfig | null };

/** node.yml on the disk. */
export interface NodeFile {
  /** Read again only when its stat moved; a missing file is the empty desired state. */
  read(): Promise<NodeFileState>;
  /** Atomic; keeps comments and order. Refuses (ARC_NODE_INVALID) when the file or the outcome is not valid. */
  edit(edits: readonly NodeEdit[]): Promise<void>;
}
