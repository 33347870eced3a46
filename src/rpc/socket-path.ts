import { join } from "node:path";

/** Where the daemon of a home answers. */
export function socketPathOf(home: string): string {
  return join(home, "run", "archipelago.sock");
}
