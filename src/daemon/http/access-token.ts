import { createHash, timingSafeEqual } from "node:crypto";
import { chmod, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../ports/random.ts";

const TOKEN = /^[0-9a-f]{64}$/;

/** The token that requests over TCP carry: 32 random bytes as hex in `<runDir>/token`, mode 0600, made once. */
export async function accessToken(runDir: string, random: Random): Promise<string> {
  const path = join(runDir, "token");
  const kept = await readToken(path);
  if (kept !== null) return kept;
  const token = Buffer.from(random.bytes(32)).toString("hex");
  // Written whole under another name first: a crash never leaves half a token that looks like one.
  const draft = `${path}.${process.pid}.tmp`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${token}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  return token;
}

async function readToken(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, "utf8")).trim();
    if (!TOKEN.test(text)) return null;
    await chmod(path, 0o600);
    return text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** In constant time, whatever the length of what was sent: digests are compared, not texts. */
export function sameToken(sent: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}
