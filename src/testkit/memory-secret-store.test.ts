import { describe, expect, it } from "vitest";
import type { SecretGenerator } from "../core/manifest/manifest-schema.ts";
import { MemorySecretStore } from "./memory-secret-store.ts";

const GENERATORS: Readonly<Record<string, SecretGenerator>> = {
  auth: { derive: "rpcauth", from: "password", user: "lnd" },
  hash: { derive: "bcrypt", from: "short", cost: 10 },
  password: { generate: "random", bytes: 32, encoding: "hex" },
  short: { generate: "random", bytes: 12, encoding: "alphanumeric" },
  orphan: { derive: "bcrypt", from: "nothing", cost: 10 },
};

describe("secrets in memory", () => {
  it("are made with bases before what derives from them; one without a base stays missing", async () => {
    const store = new MemorySecretStore();
    expect((await store.generate(GENERATORS)).toSorted()).toEqual(["auth", "hash", "password", "short"]);
    const secrets = await store.read();
    expect(secrets.get("password")).toMatch(/^[0-9a-f]{64}$/);
    expect(secrets.get("short")).toMatch(/^[A-Za-z0-9]{12}$/);
    expect(secrets.get("hash")).toMatch(/^\$2b\$10\$[./A-Za-z0-9]{53}$/);
    expect(secrets.get("auth")).toMatch(/^lnd:[0-9a-f]{32}\$[0-9a-f]{64}$/);
    expect(secrets.has("orphan")).toBe(false);
  });

  it("never change what is there, and are the same map while nothing changes", async () => {
    const store = new MemorySecretStore({ password: "mine" });
    await store.generate(GENERATORS);
    const secrets = await store.read();
    expect(await store.generate(GENERATORS)).toEqual([]);
    expect(await store.read()).toBe(secrets);
    expect(secrets.get("password")).toBe("mine");
    store.set("password", "rotated");
    expect((await store.read()).get("password")).toBe("rotated");
    expect(secrets.get("password")).toBe("mine");
  });

  it("depend on the seed, not on the order in which they are made", async () => {
    const [all, one, other] = [new MemorySecretStore(), new MemorySecretStore(), new MemorySecretStore({}, 2)];
    await all.generate(GENERATORS);
    const { short } = GENERATORS;
    if (short) await Promise.all([one.generate({ short }), other.generate({ short })]);
    const [a, b, c] = await Promise.all([all.read(), one.read(), other.read()]);
    expect(b.get("short")).toBe(a.get("short"));
    expect(c.get("short")).not.toBe(a.get("short"));
    expect(await all.nodeKey()).toEqual(await one.nodeKey());
  });
});
