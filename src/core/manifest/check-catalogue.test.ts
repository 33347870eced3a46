import { describe, expect, test } from "vitest";
import { appFolder } from "../../testkit/app-folder.ts";
import { formatProblem } from "../errors/problem.ts";
import { checkCatalogue } from "./check-catalogue.ts";
import { parseManifest } from "./parse-manifest.ts";

/** App -> what its manifest says behind id, name and version, from line 4. */
type Apps = Readonly<Record<string, readonly string[]>>;

const IMAGE = "container: { image: a/b:1 }";

function problems(apps: Apps, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const folders = Object.entries(apps).map(([id, lines]) => {
    const text = [`id: ${id}`, "name: X", 'version: "1"', ...lines, ""].join("\n");
    return appFolder(id, { ...files, "manifest.yml": text });
  });
  const manifests = folders.map((folder) => {
    const parsed = parseManifest(folder);
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join("\n"));
    return parsed.value;
  });
  return checkCatalogue(manifests, new Map(folders.map((folder) => [folder.name, folder]))).map(formatProblem);
}

const RPC = 'provides: { bitcoin-rpc: { host: x, rpc_port: "8332", rpc_password: { secret: pw } } }';

describe("a catalogue", () => {
  test.each<[string, Apps, readonly string[]]>([
    [
      "apps that require each other in a circle",
      {
        a: ["requires: { x: { app: b } }", IMAGE],
        b: ["requires: { x: { interface: c-api } }", IMAGE],
        c: ["provides: { c-api: {} }", "requires: { x: { app: a, optional: true } }", IMAGE],
      },
      ["apps/a/manifest.yml:4:11: requires: apps require each other in a circle: a -> b -> c -> a"],
    ],
    [
      "an app that requires itself",
      { a: ["requires: { x: { app: a } }", IMAGE] },
      ["apps/a/manifest.yml:4:11: requires: apps require each other in a circle: a -> a"],
    ],
    [
      "an app that is not there",
      { bitcoin: [RPC, IMAGE], a: ["requires: { x: { app: bitcion } }", IMAGE] },
      [
        'apps/a/manifest.yml:4:23: requires.x.app: a requires the app bitcion, which is not in the catalogue; did you mean "bitcoin"?',
      ],
    ],
    [
      "an interface that nobody else provides",
      { a: [RPC, "requires: { x: { interface: bitcoin-rpc } }", IMAGE] },
      [
        'apps/a/manifest.yml:5:29: requires.x.interface: a requires bitcoin-rpc, which no app provides; did you mean "bitcoin-rpc"?',
      ],
    ],
    [
      "a where that nobody can meet",
      {
        b: [RPC, IMAGE],
        a: ['requires: { x: { interface: bitcoin-rpc, where: { rpc_prot: "1", rpc_password: x } } }', IMAGE],
      },
      [
        'apps/a/manifest.yml:4:61: requires.x.where.rpc_prot: no app that serves bitcoin-rpc provides rpc_prot; did you mean "rpc_port"?',
        "apps/a/manifest.yml:4:80: requires.x.where.rpc_password: rpc_password of bitcoin-rpc is a secret, which where can't ask for",
      ],
    ],
    [
      "fields that no provider has, wherever they are read",
      {
        b: [RPC, IMAGE],
        a: [
          "requires: { x: { app: b } }",
          'provides: { y: { host: "{{ requires.x.hots }}" } }',
          "container:",
          "  image: a/b:1",
          '  custom_args: ["--p={{ requires.x.port }}"]',
          "  secret_env: [{ key: A, from: requires.x.rpc_pasword }]",
          "  files: [{ template: t.conf, target: /t }]",
        ],
      },
      [
        'apps/a/manifest.yml:5:28: provides.y.host: no app that serves b provides hots; did you mean "host"?',
        "apps/a/manifest.yml:8:25: container.custom_args.0: no app that serves b provides port",
        'apps/a/manifest.yml:9:32: container.secret_env.0.from: no app that serves b provides rpc_pasword; did you mean "rpc_password"?',
        "apps/a/t.conf:2:4: container.files.0.template: no app that serves b provides nothing",
      ],
    ],
    [
      "a shared secret where it would show, and a text where a secret belongs",
      {
        b: [RPC, IMAGE],
        a: [
          "requires: { x: { interface: bitcoin-rpc } }",
          "container:",
          "  image: a/b:1",
          "  derived_env: [{ key: A, template: 'x{{ requires.x.rpc_password }}' }]",
          "  secret_env: [{ key: B, from: requires.x.rpc_port }]",
        ],
      },
      [
        "apps/a/manifest.yml:7:42: container.derived_env.0.template: rpc_password of bitcoin-rpc is a secret: read it by secret_env, or in files",
        "apps/a/manifest.yml:8:32: container.secret_env.0.from: rpc_port of bitcoin-rpc is no secret: read it by derived_env",
      ],
    ],
    [
      "a host port that two apps publish",
      {
        a: ["container: { image: x, ports: [{ container: 1, host: 80 }, { container: 1, host: 53, protocol: udp }] }"],
        b: [
          "container: { image: x, ports: [{ container: 1, host: 80, bind: 127.0.0.1 }, { container: 2, host: 53 }] }",
        ],
      },
      ["apps/b/manifest.yml:4:54: container.ports.0.host: host port 80/tcp of b is published by a too"],
    ],
  ])("is refused with %s", (_name, apps, found) => {
    expect(problems(apps, { "t.conf": "{{ requires.x.rpc_password }}\n{{ requires.x.nothing }}" })).toEqual(found);
  });

  test.each<[string, Apps]>([
    [
      "alternatives that publish one port",
      {
        core: [RPC, "container: { image: x, ports: [{ container: 1, host: 8333 }] }"],
        knots: [RPC, "container: { image: x, ports: [{ container: 1, host: 8333 }] }"],
      },
    ],
    [
      "an optional requirement that nobody serves",
      { a: ["requires: { tor: { interface: tor-socks, optional: true } }", IMAGE] },
    ],
    [
      "a circle that a choice of provider avoids",
      {
        a: ["requires: { x: { interface: bitcoin-rpc } }", IMAGE],
        b: [RPC, "requires: { x: { app: a } }", IMAGE],
        c: [RPC, IMAGE],
      },
    ],
  ])("may have %s", (_name, apps) => {
    expect(problems(apps)).toEqual([]);
  });

  test("is checked without folders too, by path alone", () => {
    const parsed = parseManifest(
      appFolder("a", { "manifest.yml": `id: a\nname: A\nversion: "1"\nrequires: { x: { app: b } }\n${IMAGE}\n` }),
    );
    expect(parsed.ok && checkCatalogue([parsed.value]).map(formatProblem)).toEqual([
      "requires.x.app: a requires the app b, which is not in the catalogue",
    ]);
  });
});
