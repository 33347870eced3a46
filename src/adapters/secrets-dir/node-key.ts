import { join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { Random } from "../../ports/random.ts";
import { createFileOnce } from "../files/atomic-write.ts";
import { StatCache } from "../files/stat-cache.ts";

const NAME = ".node-key";
const BYTES = 32;

/**
 * The key under which secrets become HMACs: `secrets/.node-key`, 32 bytes in hex. Its loss makes every secret look
 * changed, so one that can't be understood is refused and never replaced; one that vanishes while this process knows it
 * is put back.
 */
export class NodeKey {
  readonly #path: string;
  readonly #random: Random;
  readonly #file: StatCache<string>;
  #known: Uint8Array | null = null;

  constructor(directory: string, random: Random, now: () => number) {
    this.#path = join(directory, NAME);
    this.#random = random;
    const read = (handle: { readFile(encoding: "utf8"): Promise<string> }): Promise<string> => handle.readFile("utf8");
    this.#file = new StatCache({ read, equal: (left, right) => left === right, now });
  }

  /** The folder must exist. Throws ARC_HOME for a file that holds no key. */
  async get(): Promise<Uint8Array> {
    const text = await this.#file.get(this.#path);
    if (text === null) {
      await createFileOnce(this.#path, Buffer.from(this.#known ?? this.#random.bytes(BYTES)).toString("hex"), {
        mode: 0o600,
      });
    }
    this.#known = this.#parse(text ?? (await this.#file.get(this.#path)) ?? "");
    return this.#known;
  }

  #parse(text: string): Uint8Array {
    if (/^[0-9a-f]{64}\n?$/.test(text)) return Buffer.from(text.trimEnd(), "hex");
    throw new ArcError("ARC_HOME", `${this.#path} does not hold a key of 64 hexadecimal digits`, {
      hint: "Put the file back from a backup, or remove it: every container with a secret is then made anew once.",
    });
  }
}
