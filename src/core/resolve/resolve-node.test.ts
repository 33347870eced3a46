import { describe, expect, test } from "vitest";
import { manifestText, type ManifestInput } from "../../testkit/builders.ts";
import { resolvedNode, type ResolvedOptions } from "../../testkit/resolved-node.ts";
import type { DesiredApp, DesiredEntry } from "../desired/desired.ts";
import { formatProblem } from "../errors/problem.ts";
import { appId } from "../ids.ts";

const IMAGE = "docker.io/library/nginx:1.28";
const web = (overrides: Partial<ManifestInput> = {}): string => manifestText({ id: "web", ...overrides });
const one = (container: ManifestInput["container"], more: Partial<ManifestInput> = {}): string =>
  web({ container: { image: IMAGE, ...container }, ...more });

function entryOf(options: ResolvedOptions, app = "web"): DesiredEntry {
  const entry = resolvedNode(options).desired.apps.find(({ id }) => id === app);
  if (!entry) throw new Error(`${app} is not wanted`);
  return entry;
}

function resolved(options: ResolvedOptions, app = "web"): DesiredApp {
  const entry = entryOf(options, app);
  if (entry.kind !== "resolved") throw new Error(entry.problems.map(formatProblem).join("\n"));
  return entry;
}

const specOf = (options: ResolvedOptions, app = "web") => {
  const [container] = resolved(options, app).containers;
  if (!container) throw new Error("no container");
  return container.spec;
};

/** The problems of an app that can't be resolved. */
function problemsOf(options: ResolvedOptions, app = "web"): readonly string[] {
  const entry = entryOf(options, app);
  return entry.kind === "resolved" ? [] : entry.problems.map(formatProblem);
}

describe("values", () => {
  test("reach the spec byte for byte", () => {
    const nasty = "$HOME ${x} '\"`\n%s \\ {{literal";
    const spec = specOf({
      catalogue: {
        web: one(
          { env: { A: nasty }, derived_env: [{ key: "B", template: "{{ settings.x }}" }] },
          { settings: { x: { type: "string" } } },
        ),
      },
      apps: { web: { settings: { x: nasty } } },
    });
    expect(spec.env).toEqual({ A: nasty, B: nasty });
  });

  test("of facts, settings, the app and the node fill templates, and stand as inputs", () => {
    const options: ResolvedOptions = {
      catalogue: {
        web: one(
          {
            derived_env: [
              {
                key: "URL",
                template:
                  "http://{{ host_ip }}/{{ settings.path }}/{{ app.version }}/{{ node.chain }}/{{ container.main }}",
              },
            ],
          },
          { settings: { path: { type: "string", default: "p" } } },
        ),
      },
    };
    expect(specOf(options).env).toEqual({ URL: "http://192.0.2.1/p/1.0.0/mainnet/web" });
    expect(resolved(options).containers[0]?.inputs["env.URL"]).toEqual({
      "fact:host_ip": "192.0.2.1",
      "setting:path": "p",
      node: '{"name":"archipelago","chain":"mainnet"}',
    });
  });

  test("of node.yml override images and host ports, and are named as the origin", () => {
    const options: ResolvedOptions = {
      catalogue: { web: one({ ports: [{ container: 80, host: 8080 }] }) },
      apps: { web: { image: "localhost/mine:1", ports: { "8080": 9090 } } },
    };
    expect(specOf(options)).toMatchObject({ image: "localhost/mine:1", ports: [{ host: 9090 }] });
    expect(resolved(options).containers[0]?.inputs).toEqual({
      image: { node: "localhost/mine:1" },
      "ports.80/tcp": { node: "9090" },
    });
  });
});

describe("a build", () => {
  const folder = (page: string, outside = "x") => ({
    "manifest.yml": web({ container: { build: { context: "ui" } } }),
    "ui/Containerfile": "FROM scratch\nCOPY page /page\n",
    "ui/page": page,
    outside,
  });

  test("is named after its context's content, and after nothing else", () => {
    const before = specOf({ catalogue: { web: folder("a") } }).image;
    expect(specOf({ catalogue: { web: folder("a", "y") } }).image).toBe(before);
    expect(specOf({ catalogue: { web: folder("b") } }).image).not.toBe(before);
    expect(before).toMatch(/^localhost\/archipelago\/web:[0-9a-f]{12}$/);
  });
});

describe("secrets", () => {
  const manifest = one({ secret_env: [{ key: "PASSWORD", secret_file: "web-password" }] });

  test("stand in the spec as an HMAC, and in a place of their own as values", () => {
    const { desired, secrets } = resolvedNode({
      catalogue: { web: manifest },
      secrets: { "web-password": "pa$$ 'word\"\n%" },
    });
    expect(JSON.stringify(desired)).not.toContain("pa$$");
    expect(secrets.get(appId("web"))?.env.get("main")).toEqual({ PASSWORD: "pa$$ 'word\"\n%" });
  });

  test("that rotate change the hash of those who read them alone", () => {
    const catalogue = { web: manifest, other: manifestText({ id: "other" }) };
    const before = resolvedNode({ catalogue, secrets: { "web-password": "1" } }).desired.apps;
    const after = resolvedNode({ catalogue, secrets: { "web-password": "2" } }).desired.apps;
    const hashes = (apps: readonly DesiredEntry[]) =>
      apps.map((app) => (app.kind === "resolved" ? app.containers.map(({ hash }) => hash) : []));
    expect(hashes(after)[0]).toEqual(hashes(before)[0]);
    expect(hashes(after)[1]).not.toEqual(hashes(before)[1]);
  });

  test("that are missing and have no generator are an error that names app, key and file", () => {
    expect(problemsOf({ catalogue: { web: manifest } })).toEqual([
      'containers.main.env.PASSWORD: web needs the secret "web-password" for PASSWORD, which is missing and has no generator',
    ]);
  });

  test("of another app can't be read", () => {
    const files = {
      "manifest.yml": one({ files: [{ template: "a", target: "/a" }] }, { secrets: { mine: { generate: "random" } } }),
      a: "{{ secrets.mine }}",
    };
    const thief = {
      "manifest.yml": manifestText({
        id: "thief",
        container: { image: IMAGE, files: [{ template: "a", target: "/a" }] },
      }),
      a: "{{ secrets.mine }}",
    };
    expect(entryOf({ catalogue: { web: files, thief }, secrets: { mine: "x" } }, "thief").kind).toBe("invalid");
  });

  test("in a file make it readable by the container's user alone", () => {
    const texts = (user?: string) => ({
      "manifest.yml": one(
        { ...(user !== undefined && { user }), files: [{ template: "a", target: "/a", mode: "0444" }] },
        { secrets: { mine: { generate: "random" } } },
      ),
      a: "p={{ secrets.mine }}",
    });
    const options = (user?: string): ResolvedOptions => ({
      catalogue: { web: texts(user) },
      secrets: { mine: "canary" },
    });
    expect(specOf(options("101:102")).files).toMatchObject([
      { mode: "0400", secret: true, digest: expect.stringMatching(/^hmac:/) },
    ]);
    const files = resolvedNode(options("101:102")).secrets.get(appId("web"))?.files.get("main");
    expect(files).toMatchObject([{ content: "p=canary", mode: "0400", owner: "101:102" }]);
    expect(problemsOf(options("nginx"))[0]).toContain("needs a numeric user");
  });
});

describe("what needs consent", () => {
  test.each([
    [
      "an absolute host path",
      one({ volumes: [{ source: "/mnt/disk", target: "/disk" }] }),
      "host_paths",
      "wants to mount /mnt/disk",
    ],
    ["privileged", one({ privileged: true }), "privileged", "wants to run privileged"],
  ])("%s is refused without it", (_what, manifest, key, text) => {
    expect(problemsOf({ catalogue: { web: manifest } })[0]).toContain(text);
    expect(problemsOf({ catalogue: { web: manifest }, node: { allow: { [key]: ["web"] } } })).toEqual([]);
  });
});

describe("what an app requires", () => {
  const provider = (id: string, more: Partial<ManifestInput> = {}) =>
    manifestText({
      id,
      provides: { rpc: { host: "{{ container.main }}", pruned: "false", password: { secret: `${id}-password` } } },
      secrets: { [`${id}-password`]: { generate: "random" } },
      ...more,
    });
  const consumer = (requirement: NonNullable<ManifestInput["requires"]>[string] = { interface: "rpc" }) =>
    one(
      {
        derived_env: [{ key: "HOST", template: "{{ requires.node.host }}" }],
        secret_env: [{ key: "PASSWORD", from: "requires.node.password" }],
      },
      { requires: { node: requirement } },
    );
  const secrets = { "base-password": "one", "also-password": "two" };

  test("gives its fields and its shared secret, and its network is joined", () => {
    const options: ResolvedOptions = { catalogue: { base: provider("base"), web: consumer() }, secrets };
    expect(specOf(options)).toMatchObject({
      env: { HOST: "base" },
      secretEnv: { PASSWORD: { secret: "base-password" } },
      network: {
        mode: "bridge",
        networks: [
          { name: "archipelago-web", aliases: ["web"] },
          { name: "archipelago-base", aliases: [] },
        ],
      },
    });
    expect(resolvedNode(options).secrets.get(appId("web"))?.env.get("main")).toEqual({ PASSWORD: "one" });
  });

  test("is resolved after its provider, whatever their names", () => {
    const order = resolvedNode({
      catalogue: { zeta: provider("zeta"), web: consumer() },
      secrets: { "zeta-password": "x" },
    }).desired.apps;
    expect(order.map(({ id }) => id)).toEqual(["zeta", "web"]);
  });

  test("must be chosen where two could serve", () => {
    const catalogue = { base: provider("base"), also: provider("also"), web: consumer() };
    expect(problemsOf({ catalogue, secrets })[0]).toContain("base and also could serve node of web");
    const chosen = specOf({ catalogue, secrets, apps: { base: {}, also: {}, web: { requires: { node: "also" } } } });
    expect(chosen.env).toEqual({ HOST: "also" });
  });

  test("must be wanted", () => {
    expect(problemsOf({ catalogue: { web: consumer() } })[0]).toContain(
      "requires an app that provides rpc, which is not wanted",
    );
  });

  test("must have the values asked for", () => {
    const where = consumer({ interface: "rpc", where: { pruned: "true" } });
    expect(problemsOf({ catalogue: { base: provider("base"), web: where }, secrets })).toEqual([
      "requires.node.where.pruned: web requires base with pruned = true, but it is false",
    ]);
  });

  test("may be absent where it is optional", () => {
    const text = {
      "manifest.yml": one(
        { files: [{ template: "a", target: "/a" }] },
        { requires: { node: { interface: "rpc", optional: true } } },
      ),
      a: "{% if requires.node %}{{ requires.node.host }}{% else %}alone{% endif %}",
    };
    expect(
      resolvedNode({ catalogue: { web: text } })
        .secrets.get(appId("web"))
        ?.files.get("main")?.[0]?.content,
    ).toBe("alone");
  });

  test("in a circle is said as the circle, and other apps resolve", () => {
    const ring = (id: string, next: string) => manifestText({ id, requires: { next: { app: next } } });
    const options: ResolvedOptions = { catalogue: { a: ring("a", "b"), b: ring("b", "a"), web: web() } };
    expect(problemsOf(options, "a").join("\n")).toContain("a -> b -> a");
    expect(problemsOf(options)).toEqual([]);
  });

  test("on the host network is not joined", () => {
    const catalogue = { base: provider("base", { container: { image: IMAGE, network: "host" } }), web: consumer() };
    expect(specOf({ catalogue, secrets }).network).toEqual({
      mode: "bridge",
      networks: [{ name: "archipelago-web", aliases: ["web"] }],
    });
  });
});

describe("volumes", () => {
  test("lie under the app's data, or read-only under the provider's", () => {
    const catalogue = {
      base: manifestText({ id: "base", provides: { rpc: { x: "y" } } }),
      web: one(
        {
          data_uid: "1000:1000",
          volumes: [
            { source: "db", target: "/db" },
            { app: "base", source: "blocks", target: "/blocks", read_only: true },
          ],
        },
        { requires: { base: { app: "base" } } },
      ),
    };
    expect(specOf({ catalogue }).mounts).toEqual([
      { source: "/home/archy/data/web/db", target: "/db", readOnly: false, kind: "data" },
      { source: "/home/archy/data/base/blocks", target: "/blocks", readOnly: true, kind: "shared" },
    ]);
  });
});

describe("which manifest counts", () => {
  const v1 = web();
  const v2 = web({ version: "2.0.0" });
  const broken = "id: web\nnmae: Web\n";

  test.each([
    ["the catalogue's, at first", { catalogue: { web: v1 } }, "1.0.0", true, null],
    [
      "the catalogue's, where only the version is the same",
      { catalogue: { web: web({ description: "new" }) }, accepted: { web: v1 } },
      "1.0.0",
      true,
      null,
    ],
    [
      "the accepted one, where the version changed",
      { catalogue: { web: v2 }, accepted: { web: v1 } },
      "1.0.0",
      false,
      "2.0.0",
    ],
    [
      "the catalogue's, where updates are automatic",
      { catalogue: { web: v2 }, accepted: { web: v1 }, node: { updates: "automatic" } },
      "2.0.0",
      true,
      null,
    ],
    [
      "the accepted one, where the catalogue's broke",
      { catalogue: { web: broken }, accepted: { web: v1 } },
      "1.0.0",
      false,
      null,
    ],
    [
      "the accepted one, where the catalogue's is gone",
      { catalogue: {}, accepted: { web: v1 }, apps: { web: {} } },
      "1.0.0",
      false,
      null,
    ],
  ] satisfies [string, ResolvedOptions, string, boolean, string | null][])(
    "%s",
    (_what, options, version, acceptDue, available) => {
      expect(resolved(options)).toMatchObject({ version, acceptDue, available });
    },
  );

  test("none, where it was never accepted and is broken", () => {
    const entry = entryOf({ catalogue: { web: broken } });
    expect(entry.kind).toBe("invalid");
    expect(entry.kind === "invalid" && entry.problems.map(formatProblem)).toContainEqual(
      expect.stringMatching(/^apps\/web\/manifest\.yml:2:1: nmae: /),
    );
  });
});
