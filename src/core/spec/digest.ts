import { createHash, createHmac } from "node:crypto";

/** Hex sha256. */
export function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** What may be shown of a secret or of a text that holds one: an HMAC under the node's key, 32 hex digits. */
export function seal(nodeKey: Uint8Array, purpose: string, text: string): string {
  return createHmac("sha256", nodeKey).update(purpose).update("\0").update(text).digest("hex").slice(0, 32);
}
