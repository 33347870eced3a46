import { redactor } from "../core/redact.ts";
import { createHash, createHmac } from "node:crypto";
import { assertNever } from "../core/result.ts";
import type { SecretGenerator } from "../core/manifest/manifest-schema.ts";
import type { SecretStore } from "../ports/secret-store.ts";
import { SeededRandom } from "./seeded-random.ts";

const ALPHANUMERIC = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"];

/**
 * Secrets in memory. What it generates depends on the seed and the secret's name alone, not on the order. A bcrypt hash
 * only looks like one: it can't be verified, and costs nothing.
 */
export class MemorySecretStore implements SecretStore {
  #secrets: ReadonlyMap<string, string>;
  readonly #seed: number;

  constructor(secrets: Readonly<Record<string, string>> = {}, seed = 1) {
    this.#secrets = new Map(Object.entries(secrets));
    this.#seed = seed;
  }

  /** The same map as before where nothing changed. */
  async read(): Promise<ReadonlyMap<string, string>> {
    return this.#secrets;
  }

  unusable(): ReadonlyMap<string, string> {
    return new Map();
  }

  redact(text: string): string {
    return redactor(this.#secrets.values())(text);
  }

  async generate(generators: Readonly<Record<string, SecretGenerator>>): Promise<readonly string[]> {
    const secrets = new Map(this.#secrets);
    const made: string[] = [];
    // A derived one may stand before its base: go round until a round makes nothing.
    for (let before = -1; before !== made.length;) {
      before = made.length;
      for (const [name, generator] of Object.entries(generators)) {
        if (secrets.has(name)) continue;
        const value = this.#make(name, generator, secrets);
        if (value === null) continue;
        secrets.set(name, value);
        made.push(name);
      }
    }
    if (made.length > 0) this.#secrets = secrets;
    return made;
  }

  async nodeKey(): Promise<Uint8Array> {
    return this.#random("node key").bytes(32);
  }

  /** As somebody who edits the file by hand. */
  set(name: string, value: string): void {
    this.#secrets = new Map(this.#secrets).set(name, value);
  }

  delete(name: string): void {
    const secrets = new Map(this.#secrets);
    secrets.delete(name);
    this.#secrets = secrets;
  }

  /** null: the base is missing. */
  #make(name: string, generator: SecretGenerator, secrets: ReadonlyMap<string, string>): string | null {
    const random = this.#random(name);
    if ("generate" in generator) {
      const { bytes, encoding } = generator;
      switch (encoding) {
        case "hex":
        case "base64":
          return Buffer.from(random.bytes(bytes)).toString(encoding);
        case "alphanumeric":
          return Array.from({ length: bytes }, () => random.pick(ALPHANUMERIC)).join("");
        default:
          return assertNever(encoding);
      }
    }
    const base = secrets.get(generator.from);
    if (base === undefined) return null;
    switch (generator.derive) {
      case "bcrypt":
        return `$2b$${String(generator.cost).padStart(2, "0")}$${digest(`${name} ${base}`)}`;
      case "rpcauth": {
        const salt = Buffer.from(random.bytes(16)).toString("hex");
        return `${generator.user}:${salt}$${createHmac("sha256", salt).update(base).digest("hex")}`;
      }
      default:
        return assertNever(generator);
    }
  }

  #random(name: string): SeededRandom {
    return new SeededRandom(this.#seed * 0x1_0000_0000 + createHash("sha256").update(name).digest().readUInt32BE(0));
  }
}

/** 53 characters of bcrypt's alphabet. */
const digest = (text: string): string =>
  createHash("sha512").update(text).digest("base64").replaceAll("+", ".").slice(0, 53);
