import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "an unknown key with its nearest name",
    lines: ["container:", "  imgae: a/b:1"],
    problems: ['manifest.yml:5:3: container.imgae: unknown key "imgae"; did you mean "image"?'],
  },
  {
    name: "an unknown key that is near to nothing",
    lines: ["container:", "  image: a/b:1@sha256:00", "zzz: 1"],
    problems: ['manifest.yml:6:1: zzz: unknown key "zzz"'],
  },
  {
    name: "a key that is missing, at its parent",
    lines: ["container:", "  image: a/b:1@sha256:00", "  ports: [{ container: 80 }]"],
    problems: ["manifest.yml:6:11: container.ports.0.host: is missing"],
  },
  {
    name: "a number where text is meant",
    lines: ["container:", "  image: a/b:1@sha256:00", "  env: { A: 1, B: yes, C: true }"],
    problems: [
      "manifest.yml:6:13: container.env.A: must be text, not the number 1; quote it",
      "manifest.yml:6:27: container.env.C: must be text, not true; quote it",
    ],
  },
  {
    name: "a bad port",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      '  ports: [{ container: 0, host: 65536 }, { container: "80", host: 8080 }, { container: 1.5, host: 81 }]',
    ],
    problems: [
      "manifest.yml:6:24: container.ports.0.container: must be a port from 1 to 65535",
      "manifest.yml:6:33: container.ports.0.host: must be a port from 1 to 65535",
      "manifest.yml:6:55: container.ports.1.container: must be a port from 1 to 65535",
      "manifest.yml:6:88: container.ports.2.container: must be a port from 1 to 65535",
    ],
  },
  {
    name: "a bad duration",
    lines: ["container:", "  image: a/b:1@sha256:00", "  stop: { grace: 10x }"],
    problems: ["manifest.yml:6:18: container.stop.grace: must be a duration such as 10s, 5m or 15m30s"],
  },
  {
    name: "a duration of more than a week",
    lines: ["container:", "  image: a/b:1@sha256:00", "  stop: { grace: 169h }"],
    problems: ["manifest.yml:6:18: container.stop.grace: must be at most a week: 168h"],
  },
  {
    name: "an interval that would spin",
    lines: ["container:", "  image: a/b:1@sha256:00", "  health: { liveness: { tcp: { port: 1 }, interval: 0s } }"],
    problems: ["manifest.yml:6:53: container.health.liveness.interval: must be at least 100ms"],
  },
  {
    name: "a bad memory figure",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  resources: { memory: 1gb, cpus: 0, pids: 0 }",
      "  shm_size: 0",
    ],
    problems: [
      "manifest.yml:6:24: container.resources.memory: must be a size such as 64m or 1g",
      "manifest.yml:6:35: container.resources.cpus: must be more than 0",
      "manifest.yml:6:44: container.resources.pids: must be at least 1",
      "manifest.yml:7:13: container.shm_size: must be text, not the number 0; quote it",
    ],
  },
  {
    name: "a memory figure beyond counting",
    lines: ["container:", "  image: a/b:1@sha256:00", "  resources: { memory: 99999999999t }"],
    problems: ["manifest.yml:6:24: container.resources.memory: must be a size that exists"],
  },
  {
    name: "a bad data_uid",
    lines: ["container:", "  image: a/b:1@sha256:00", '  data_uid: "1000"'],
    problems: ['manifest.yml:6:13: container.data_uid: must be "uid:gid", such as "1000:1000"'],
  },
  {
    name: "a data_uid that the kernel does not have",
    lines: ["container:", "  image: a/b:1@sha256:00", '  data_uid: "4294967295:0"'],
    problems: ["manifest.yml:6:13: container.data_uid: must have a uid and a gid of at most 4294967294"],
  },
  {
    name: "a bad signal",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  stop: { signal: SIGFOO }",
      "  files: [{ template: a, target: /a, on_change: { signal: hup } }]",
    ],
    files: {
      a: "",
    },
    problems: [
      "manifest.yml:6:19: container.stop.signal: must be a signal's name such as SIGTERM or HUP",
      "manifest.yml:7:59: container.files.0.on_change.signal: must be a signal's name such as SIGTERM or HUP",
    ],
  },
  {
    name: "an on_change that is no word of ours",
    lines: ["container:", "  image: a/b:1@sha256:00", "  files: [{ template: a, target: /a, on_change: restrat }]"],
    files: {
      a: "",
    },
    problems: ['manifest.yml:6:49: container.files.0.on_change: must be restart or a map; did you mean "restart"?'],
  },
  {
    name: "an unquoted mode",
    lines: ["container:", "  image: a/b:1@sha256:00", "  files: [{ template: a, target: /a, mode: 0440 }]"],
    files: {
      a: "",
    },
    problems: ["manifest.yml:6:44: container.files.0.mode: must be text, not the number 440; quote it"],
  },
  {
    name: "empty elements in custom_args and entrypoint",
    lines: ["container:", "  image: a/b:1@sha256:00", '  custom_args: [a, ""]', '  entrypoint: [""]'],
    problems: [
      "manifest.yml:6:20: container.custom_args.1: empty elements are refused",
      "manifest.yml:7:16: container.entrypoint.0: empty elements are refused",
    ],
  },
  {
    name: "secret files that are no plain names",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  secret_env:",
      "    - { key: A, secret_file: ../x }",
      "    - { key: B, secret_file: a/b }",
      "    - { key: C, secret_file: .hidden }",
      '    - { key: D, secret_file: "" }',
      "    - { key: E, secret_file: .. }",
    ],
    problems: [
      "manifest.yml:7:30: container.secret_env.0.secret_file: must be a plain file name: no /, no .., no leading dot",
      "manifest.yml:8:30: container.secret_env.1.secret_file: must be a plain file name: no /, no .., no leading dot",
      "manifest.yml:9:30: container.secret_env.2.secret_file: must be a plain file name: no /, no .., no leading dot",
      "manifest.yml:10:30: container.secret_env.3.secret_file: must be a plain file name: no /, no .., no leading dot",
      "manifest.yml:11:30: container.secret_env.4.secret_file: must be a plain file name: no /, no .., no leading dot",
    ],
  },
  {
    name: "a misspelt key in one form of a union",
    lines: ["container:", "  image: a/b:1@sha256:00", "  secret_env: [{ key: A, secret_fil: x }]"],
    problems: [
      "manifest.yml:6:16: container.secret_env.0.secret_file: is missing",
      'manifest.yml:6:26: container.secret_env.0.secret_fil: unknown key "secret_fil"; did you mean "secret_file"?',
    ],
  },
  {
    name: "both forms of a union at once",
    lines: ["container:", "  image: a/b:1@sha256:00", "  secret_env: [{ key: A, secret_file: x, from: requires.a.b }]"],
    problems: [
      'manifest.yml:6:42: container.secret_env.0.from: "from" can\'t stand beside "secret_file"',
      'manifest.yml:6:48: container.secret_env.0.from: unknown alias under requires "a"',
    ],
  },
  {
    name: "neither form of a union",
    lines: ["container:", "  image: a/b:1@sha256:00", "  secret_env: [{ key: A }]"],
    problems: ["manifest.yml:6:16: container.secret_env.0: needs secret_file or from"],
  },
  {
    name: "a misspelt word that tells the forms apart",
    lines: [
      "secrets:",
      "  a: { generate: randm }",
      "  b: { derive: bcrpyt, from: a }",
      "container:",
      "  image: a/b:1@sha256:00",
    ],
    problems: [
      'manifest.yml:5:18: secrets.a.generate: must be random; did you mean "random"?',
      'manifest.yml:6:16: secrets.b.derive: must be one of bcrypt, rpcauth; did you mean "bcrypt"?',
    ],
  },
  {
    name: "a misspelt type of a setting",
    lines: ["settings: { a: { type: strng } }", "container:", "  image: a/b:1@sha256:00"],
    problems: [
      'manifest.yml:4:24: settings.a.type: must be one of string, integer, boolean, choice; did you mean "string"?',
    ],
  },
  {
    name: "a key of another type of setting",
    lines: ["settings: { a: { type: boolean, default: true, max: 3 } }", "container:", "  image: a/b:1@sha256:00"],
    problems: ['manifest.yml:4:48: settings.a.max: unknown key "max"'],
  },
  {
    name: "a wrong choice",
    lines: [
      "update: { rollback: maybe }",
      "container:",
      "  image: a/b:1@sha256:00",
      "  ports: [{ container: 1, host: 1, protocol: tpc }]",
    ],
    problems: [
      "manifest.yml:4:21: update.rollback: must be one of safe, until-start, never",
      'manifest.yml:7:46: container.ports.0.protocol: must be one of tcp, udp; did you mean "tcp"?',
    ],
  },
  {
    name: "a bad name of a container",
    lines: ["containers:", "  My_App: { image: a/b:1 }"],
    problems: ["manifest.yml:5:3: containers.My_App: must be lower-case words joined by single hyphens"],
  },
  {
    name: "an empty map",
    lines: ["settings:", "container:", "  image: a/b:1@sha256:00"],
    problems: ["manifest.yml:4:1: settings: must be a map, but is empty"],
  },
  {
    name: "a scalar where a map is meant",
    lines: ["container: nginx"],
    problems: ["manifest.yml:4:12: container: must be a map, not text"],
  },
  {
    name: "a bad bind address",
    lines: ["container:", "  image: a/b:1@sha256:00", "  ports: [{ container: 1, host: 1, bind: localhost }]"],
    problems: ["manifest.yml:6:42: container.ports.0.bind: must be an address of the host such as 127.0.0.1"],
  },
  {
    name: "a bad website",
    lines: ["website: example.org", "container:", "  image: a/b:1@sha256:00"],
    problems: ["manifest.yml:4:10: website: must be a URL such as https://example.org"],
  },
  {
    name: "errors everywhere in one go",
    lines: [
      "web: { port: 99 }",
      "settings: { a: { type: choice, choices: [x], default: y } }",
      "container:",
      "  image: a/b:1@sha256:00",
      "  imgae: x",
      '  derived_env: [{ key: A, template: "{{ host_pi }}" }]',
    ],
    problems: [
      "manifest.yml:4:14: web.port: main does not publish container port 99; add it to its ports",
      "manifest.yml:5:55: settings.a.default: must be one of x",
      'manifest.yml:8:3: container.imgae: unknown key "imgae"',
      'manifest.yml:9:41: container.derived_env.0.template: unknown name "host_pi"; did you mean "host_ip"?',
    ],
  },
];

describe("what has the wrong shape", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
