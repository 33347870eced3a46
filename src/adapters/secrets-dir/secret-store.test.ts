import { compare } from "bcryptjs";
import { createHmac } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SecretGenerator } from "../../core/manifest/manifest-schema.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { SystemRandom } from "../random/system-random.ts";
import { DirectorySecretStore } from "./secret-store.ts";

const longAfter = (): number => Date.now() + 60_000;
const modeOf = (path: string): number => statSync(path).mode & 0o7777;
const hex: SecretGenerator = { generate: "random", bytes: 32, encoding: "hex" };

function fixture(root: string) {
  const directory = join(root, "secrets");
  return { directory, store: new DirectorySecretStore(directory, new SystemRandom(), longAfter) };
}

describe("reading", () => {
  test("a directory that is not there holds no secrets, and is not made by looking", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    expect((await store.read()).size).toBe(0);
    expect(existsSync(directory)).toBe(false);
  });

  test.each([
    ["no newline", "plain", "plain"],
    ["one newline", "plain\n", "plain"],
    ["two newlines", "plain\n\n", "plain\n"],
    ["a carriage return", "plain\r\n", "plain\r"],
    ["nothing", "", ""],
    ["a newline alone", "\n", ""],
    ["quotes, dollars, percents and spaces", " $HOME `id` 'a' \"b\" %s \\n\t", " $HOME `id` 'a' \"b\" %s \\n\t"],
    ["a byte order mark and an emoji", "\uFEFF₿🔑\n", "\uFEFF₿🔑"],
  ])("a file with %s arrives byte for byte, less one trailing newline", async (_case, content, text) => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    mkdirSync(directory);
    writeFileSync(join(directory, "secret"), content);
    expect(await store.read()).toEqual(new Map([["secret", text]]));
  });

  test("wrong modes are put right", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    mkdirSync(directory, { mode: 0o755 });
    writeFileSync(join(directory, "secret"), "x");
    chmodSync(join(directory, "secret"), 0o644);
    await store.read();
    expect(modeOf(directory)).toBe(0o700);
    expect(modeOf(join(directory, "secret"))).toBe(0o600);
    chmodSync(join(directory, "secret"), 0o4640);
    await store.read();
    expect(modeOf(join(directory, "secret"))).toBe(0o600);
  });

  test("hidden files, leftovers of a crash and names that no manifest can say are not secrets", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    mkdirSync(directory);
    for (const name of [".hidden", ".pw.0123456789ab.arc-tmp", "with space", "-dash"]) {
      writeFileSync(join(directory, name), "x");
    }
    expect((await store.read()).size).toBe(0);
    expect(store.unusable().size).toBe(0);
  });

  test("what can't be a secret is named with a reason and never followed", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    mkdirSync(directory);
    writeFileSync(join(temporary.path, "outside"), "x", { mode: 0o644 });
    symlinkSync("../outside", join(directory, "link"));
    mkdirSync(join(directory, "folder"));
    writeFileSync(join(directory, "binary"), new Uint8Array([1, 0, 2]));
    writeFileSync(join(directory, "latin1"), new Uint8Array([0xe9]));
    writeFileSync(join(directory, "good"), "x");
    expect([...(await store.read()).keys()]).toEqual(["good"]);
    expect([...store.unusable()]).toEqual([
      ["binary", "it holds a NUL, which no environment variable can"],
      ["folder", "it is no regular file"],
      ["latin1", "it is no UTF-8 text"],
      ["link", "it is no regular file"],
    ]);
    expect(modeOf(join(temporary.path, "outside"))).toBe(0o644);
  });

  test("gives the same object until a secret changes", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    mkdirSync(directory);
    writeFileSync(join(directory, "secret"), "one");
    const first = await store.read();
    expect(await store.read()).toBe(first);
    writeFileSync(join(directory, "secret"), "two");
    expect(await store.read()).toEqual(new Map([["secret", "two"]]));
    rmSync(join(directory, "secret"));
    expect((await store.read()).size).toBe(0);
  });
});

describe("generating", () => {
  test.each([
    ["hex", 12, /^[0-9a-f]{24}$/],
    ["base64", 12, /^[A-Za-z0-9+/]{16}$/],
    ["alphanumeric", 12, /^[A-Za-z0-9]{12}$/],
    ["alphanumeric", 1_024, /^[A-Za-z0-9]{1024}$/],
  ] as const)("%s of %i is made once, mode 0600, and never changed", async (encoding, bytes, shape) => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    const generators: Record<string, SecretGenerator> = { pw: { generate: "random", bytes, encoding } };
    expect(await store.generate(generators)).toEqual(["pw"]);
    const value = (await store.read()).get("pw");
    expect(value).toMatch(shape);
    expect(modeOf(directory)).toBe(0o700);
    expect(modeOf(join(directory, "pw"))).toBe(0o600);
    expect(await store.generate(generators)).toEqual([]);
    expect((await store.read()).get("pw")).toBe(value);
  });

  test("every alphanumeric character comes up, none of them favoured", async () => {
    using temporary = temporaryFolder();
    const { store } = fixture(temporary.path);
    const generators = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `pw${index}`,
        { generate: "random", bytes: 1_024, encoding: "alphanumeric" } satisfies SecretGenerator,
      ]),
    );
    await store.generate(generators);
    const counts = new Map<string, number>();
    for (const text of (await store.read()).values()) {
      for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    // 330 expected, standard deviation 18; modulo bias would give the first eight 400.
    const firstEight = [..."ABCDEFGH"].map((letter) => counts.get(letter) ?? 0);
    expect(firstEight.reduce((sum, count) => sum + count, 0)).toBeLessThan(8 * 370);
  });

  test("derived secrets follow their bases, whatever the order they are named in", async () => {
    using temporary = temporaryFolder();
    const { store } = fixture(temporary.path);
    const made = await store.generate({
      auth: { derive: "rpcauth", from: "pw", user: "lnd" },
      hash: { derive: "bcrypt", from: "pw", cost: 4 },
      "hash-of-hash": { derive: "bcrypt", from: "hash", cost: 4 },
      pw: hex,
    });
    expect(made).toEqual(["pw", "auth", "hash", "hash-of-hash"]);
    const secrets = await store.read();
    const password = secrets.get("pw") ?? "";
    expect(await compare(password, secrets.get("hash") ?? "")).toBe(true);
    expect(secrets.get("hash")).toMatch(/^\$2b\$04\$/);
    const [, salt = "", digest] = /^lnd:([0-9a-f]{32})\$([0-9a-f]{64})$/.exec(secrets.get("auth") ?? "") ?? [];
    expect(digest).toBe(createHmac("sha256", salt).update(password).digest("hex"));
  });

  test("a derivation without its base, or of itself, stays missing", async () => {
    using temporary = temporaryFolder();
    const { store } = fixture(temporary.path);
    const made = await store.generate({
      orphan: { derive: "bcrypt", from: "nobody", cost: 4 },
      circle: { derive: "bcrypt", from: "round", cost: 4 },
      round: { derive: "bcrypt", from: "circle", cost: 4 },
      pw: hex,
    });
    expect(made).toEqual(["pw"]);
  });

  test("what a person put there is kept, an empty file and an unusable one included", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    mkdirSync(directory);
    writeFileSync(join(directory, "mine"), "$ecret'\n");
    writeFileSync(join(directory, "empty"), "");
    writeFileSync(join(directory, "binary"), new Uint8Array([0]));
    symlinkSync("nowhere", join(directory, "dangling"));
    const made = await store.generate({ mine: hex, empty: hex, binary: hex, dangling: hex });
    expect(made).toEqual([]);
    expect(readFileSync(join(directory, "mine"), "utf8")).toBe("$ecret'\n");
    expect(readFileSync(join(directory, "binary"))).toEqual(Buffer.from([0]));
    expect(existsSync(join(directory, "nowhere"))).toBe(false);
  });

  test("many at once, in two stores on one directory, agree on one value", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    const second = new DirectorySecretStore(directory, new SystemRandom(), longAfter);
    const generators = { pw: hex, hash: { derive: "bcrypt", from: "pw", cost: 4 } } as const;
    const made = await Promise.all([store, second, store, second].map((each) => each.generate(generators)));
    expect(made.flat().filter((name) => name === "pw")).toHaveLength(1);
    expect(readdirSync(directory).toSorted()).toEqual(["hash", "pw"]);
    const secrets = await store.read();
    expect(await second.read()).toEqual(secrets);
    expect(await compare(secrets.get("pw") ?? "", secrets.get("hash") ?? "")).toBe(true);
  });

  test.each(["../out", ".hidden"])("the name %j is refused", async (name) => {
    using temporary = temporaryFolder();
    const { store } = fixture(temporary.path);
    await expect(store.generate({ [name]: hex })).rejects.toMatchObject({ code: "ARC_HOME" });
  });
});

describe("the node key", () => {
  test("is made at first use, mode 0600, and is the same for every process after", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    const [key, again] = await Promise.all([store.nodeKey(), store.nodeKey()]);
    expect(key).toHaveLength(32);
    expect(again).toEqual(key);
    expect(modeOf(join(directory, ".node-key"))).toBe(0o600);
    expect(await new DirectorySecretStore(directory, new SystemRandom()).nodeKey()).toEqual(key);
    expect((await store.read()).size).toBe(0);
  });

  test("is put back when it vanishes under a running daemon", async () => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    const key = await store.nodeKey();
    rmSync(join(directory, ".node-key"));
    expect(await store.nodeKey()).toEqual(key);
    expect(existsSync(join(directory, ".node-key"))).toBe(true);
  });

  test.each(["", "not hex", "ab".repeat(31)])("of %j is refused and not replaced", async (content) => {
    using temporary = temporaryFolder();
    const { directory, store } = fixture(temporary.path);
    mkdirSync(directory);
    writeFileSync(join(directory, ".node-key"), content);
    await expect(store.nodeKey()).rejects.toMatchObject({ code: "ARC_HOME" });
    expect(readFileSync(join(directory, ".node-key"), "utf8")).toBe(content);
  });
});
