import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import { secretFile } from "../../core/manifest/scalars.ts";
import type { SecretGenerator } from "../../core/manifest/manifest-schema.ts";
import { redactor } from "../../core/redact.ts";
import type { Random } from "../../ports/random.ts";
import type { SecretStore } from "../../ports/secret-store.ts";
import { createFileOnce } from "../files/atomic-write.ts";
import { childPath } from "../files/child-path.ts";
import { ensureDir } from "../files/ensure-dir.ts";
import { errnoOf, isMissing } from "../files/errno.ts";
import { StatCache } from "../files/stat-cache.ts";
import { statNow } from "../files/stat-now.ts";
import { Turns } from "../files/turns.ts";
import { derivedSecret, randomSecret } from "./generate-secret.ts";
import { NodeKey } from "./node-key.ts";
import { equalSecretFiles, readSecretFile, type SecretFile } from "./secret-file.ts";

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * `secrets/`: one regular file a secret. Wrong modes are put right at every read. Symbolic links are not followed:
 * putting a mode right would then reach outside. Hidden files are not secrets.
 */
export class DirectorySecretStore implements SecretStore {
  readonly #directory: string;
  readonly #random: Random;
  readonly #files: StatCache<SecretFile>;
  readonly #key: NodeKey;
  readonly #turns = new Turns();
  readonly #seen = new Set<string>();
  #redact: (text: string) => string = (text) => text;
  #last: ReadonlyMap<string, string> = new Map();
  #unusable: ReadonlyMap<string, string> = new Map();

  constructor(directory: string, random: Random, now: () => number = Date.now) {
    this.#directory = directory;
    this.#random = random;
    this.#files = new StatCache({ read: readSecretFile, equal: equalSecretFiles, now });
    this.#key = new NodeKey(directory, random, now);
  }

  /** The same object as before while no secret changed. */
  async read(): Promise<ReadonlyMap<string, string>> {
    const secrets = new Map<string, string>();
    const unusable = new Map<string, string>();
    const names = this.#names();
    for (const name of names) {
      const file = await this.#readOne(join(this.#directory, name));
      if (file?.usable === true) secrets.set(name, file.text);
      else unusable.set(name, file?.reason ?? "it is no regular file");
    }
    const present = new Set(names.map((name) => join(this.#directory, name)));
    this.#files.retain((path) => present.has(path));
    this.#unusable = unusable;
    if (!sameTexts(this.#last, secrets)) {
      this.#last = secrets;
      // A container goes on with a rotated value until it is replaced, and may still say it.
      for (const value of secrets.values()) this.#seen.add(value);
      this.#redact = redactor(this.#seen);
    }
    return this.#last;
  }

  unusable(): ReadonlyMap<string, string> {
    return this.#unusable;
  }

  redact(text: string): string {
    return this.#redact(text);
  }

  generate(generators: Readonly<Record<string, SecretGenerator>>): Promise<readonly string[]> {
    return this.#turns.run(async () => {
      const known = new Map(await this.read());
      const made: string[] = [];
      for (const name of basesFirst(generators)) {
        const generator = generators[name];
        if (generator === undefined || known.has(name)) continue;
        const value = await this.#make(generator, known);
        if (value === null) continue;
        await ensureDir(this.#directory, DIRECTORY_MODE);
        if (!(await createFileOnce(childPath(this.#directory, name), value, { mode: FILE_MODE }))) continue;
        known.set(name, value);
        made.push(name);
      }
      return made;
    });
  }

  nodeKey(): Promise<Uint8Array> {
    return this.#turns.run(async () => {
      await ensureDir(this.#directory, DIRECTORY_MODE);
      return this.#key.get();
    });
  }

  async #make(generator: SecretGenerator, known: ReadonlyMap<string, string>): Promise<string | null> {
    if ("generate" in generator) return randomSecret(generator, this.#random);
    const base = known.get(generator.from);
    return base === undefined ? null : derivedSecret(generator, base, this.#random);
  }

  #names(): string[] {
    const stats = statNow(this.#directory);
    if (stats?.isDirectory() === true && (stats.mode & 0o7777n) !== BigInt(DIRECTORY_MODE)) {
      chmodSync(this.#directory, DIRECTORY_MODE);
    }
    try {
      return readdirSync(this.#directory)
        .filter((name) => secretFile.safeParse(name).success)
        .toSorted();
    } catch (error) {
      if (isMissing(error)) return [];
      throw new ArcError("ARC_HOME", `${this.#directory} can't be listed`, { cause: error });
    }
  }

  async #readOne(path: string): Promise<SecretFile | null> {
    const stats = statNow(path);
    if (stats?.isFile() === true && (stats.mode & 0o7777n) !== BigInt(FILE_MODE)) chmodSync(path, FILE_MODE);
    try {
      return await this.#files.get(path);
    } catch (error) {
      return { usable: false, reason: `it can't be read (${errnoOf(error) ?? "unknown cause"})` };
    }
  }
}

/** Names in an order in which each derived secret comes after its base; those in a circle come at the end. */
function basesFirst(generators: Readonly<Record<string, SecretGenerator>>): string[] {
  const depth = (name: string, seen: ReadonlySet<string>): number => {
    const generator = generators[name];
    if (generator === undefined || "generate" in generator) return 0;
    return seen.has(name) ? Infinity : 1 + depth(generator.from, new Set([...seen, name]));
  };
  const order = Object.keys(generators).map((name) => ({ name, depth: depth(name, new Set()) }));
  return order.toSorted((left, right) => compare(left.depth, right.depth)).map(({ name }) => name);
}

/** Infinity minus Infinity is no number. */
const compare = (left: number, right: number): number => (left === right ? 0 : left < right ? -1 : 1);

function sameTexts(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean {
  if (left.size !== right.size) return false;
  for (const [name, text] of right) if (left.get(name) !== text) return false;
  return true;
}
