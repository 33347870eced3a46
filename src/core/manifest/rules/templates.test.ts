import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "an unknown fact",
    lines: ["container:", "  image: a/b:1@sha256:00", '  derived_env: [{ key: A, template: "http://{{ host_pi }}" }]'],
    problems: ['manifest.yml:6:48: container.derived_env.0.template: unknown name "host_pi"; did you mean "host_ip"?'],
  },
  {
    name: "an unknown setting",
    lines: [
      "settings: { alias: { type: string } }",
      "container:",
      "  image: a/b:1@sha256:00",
      '  custom_args: ["--a={{ settings.alais }}"]',
    ],
    problems: ['manifest.yml:7:25: container.custom_args.0: unknown setting "alais"; did you mean "alias"?'],
  },
  {
    name: "an unknown alias",
    lines: [
      "requires: { bitcoin: { app: bitcoin } }",
      "container:",
      "  image: a/b:1@sha256:00",
      '  entrypoint: ["{{ requires.bitcion.host }}"]',
    ],
    problems: [
      'manifest.yml:7:20: container.entrypoint.0: unknown alias under requires "bitcion"; did you mean "bitcoin"?',
    ],
  },
  {
    name: "an unknown app field",
    lines: ["container:", "  image: a/b:1@sha256:00", "  derived_env: [{ key: A, template: '{{ app.verson }}' }]"],
    problems: [
      'manifest.yml:6:41: container.derived_env.0.template: unknown field of app "verson"; did you mean "version"?',
    ],
  },
  {
    name: "an unknown container and node field",
    lines: [
      'provides: { x: { host: "{{ container.mian }}", y: "{{ node.chian }}" } }',
      "container:",
      "  image: a/b:1@sha256:00",
    ],
    problems: [
      'manifest.yml:4:28: provides.x.host: unknown container "mian"; did you mean "main"?',
      'manifest.yml:4:55: provides.x.y: unknown field of node "chian"; did you mean "chain"?',
    ],
  },
  {
    name: "an unknown group",
    lines: ["container:", "  image: a/b:1@sha256:00", '  custom_args: ["{{ setings.a }}"]'],
    problems: ['manifest.yml:6:21: container.custom_args.0: unknown name "setings"; did you mean "settings"?'],
  },
  {
    name: "a whole group written out",
    lines: [
      "requires: { tor: { app: tor, optional: true } }",
      "container:",
      "  image: a/b:1@sha256:00",
      '  custom_args: ["{{ requires.tor }}", "{{ settings }}", "{% if requires.tor %}x{% endif %}"]',
    ],
    problems: [
      "manifest.yml:7:21: container.custom_args.0: requires.tor is a group; name one of its fields",
      "manifest.yml:7:43: container.custom_args.1: settings is a group; name one of its fields",
    ],
  },
  {
    name: "a field of a field",
    lines: [
      "settings: { a: { type: string } }",
      "container:",
      "  image: a/b:1@sha256:00",
      '  custom_args: ["{{ settings.a.b }}", "{{ host_ip.x }}"]',
    ],
    problems: [
      "manifest.yml:7:21: container.custom_args.0: settings.a has no fields",
      "manifest.yml:7:43: container.custom_args.1: host_ip has no fields",
    ],
  },
  {
    name: "a computed name",
    lines: [
      "settings: { a: { type: string } }",
      "container:",
      "  image: a/b:1@sha256:00",
      '  custom_args: ["{{ settings[host_ip] }}", "{{ [host_ip] }}"]',
    ],
    problems: [
      "manifest.yml:7:21: container.custom_args.0: a computed name can't be checked; write the name out",
      "manifest.yml:7:48: container.custom_args.1: a computed name can't be checked; write the name out",
    ],
  },
  {
    name: "a secret outside of files",
    lines: [
      "secrets: { pw: { generate: random } }",
      "container:",
      "  image: a/b:1@sha256:00",
      '  custom_args: ["{{ secrets.pw }}"]',
    ],
    problems: [
      "manifest.yml:7:21: container.custom_args.0: secrets can be read in files only; an environment takes them by secret_env",
    ],
  },
  {
    name: "a syntax error in the manifest",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      '  custom_args: ["a {{ host_ip ", "{% if host_ip %}", "{{ host_ip | upcas }}", "{% render \'x\' %}"]',
    ],
    problems: [
      'manifest.yml:6:20: container.custom_args.0: output "{{ host_ip " not closed',
      "manifest.yml:6:35: container.custom_args.1: tag {% if host_ip %} not closed",
      'manifest.yml:6:55: container.custom_args.2: unknown filter "upcas"; did you mean "upcase"?',
      'manifest.yml:6:80: container.custom_args.3: unknown tag "render"',
    ],
  },
  {
    name: "a syntax error in a block of text",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  derived_env:",
      "    - key: A",
      "      template: |",
      "        one",
      "        {{ two }}",
    ],
    problems: ['manifest.yml:8:17: container.derived_env.0.template: unknown name "two"'],
  },
  {
    name: "a syntax error in a template file",
    lines: ["container:", "  image: a/b:1@sha256:00", "  files: [{ template: a.conf, target: /a }]"],
    files: {
      "a.conf": "one\n  {% if x %}\n",
    },
    problems: ["a.conf:2:3: container.files.0.template: tag {% if x %} not closed"],
  },
  {
    name: "an unknown name in a template file",
    lines: [
      "secrets: { lnd-ui-hash: { generate: random } }",
      "container:",
      "  image: a/b:1@sha256:00",
      "  files: [{ template: conf/a.conf, target: /a }]",
      "  secret_env: [{ key: P, secret_file: placed }]",
    ],
    files: {
      "conf/a.conf":
        "{{ secrets.lnd-ui-hash }}{{ secrets['lnd-ui-hash'] }}{{ secrets.placed }}\n{{ secrets.lnd-ui-hsh }}\n{% assign x = 1 %}{{ x }}\n a {{ settings.y }}",
    },
    problems: [
      'conf/a.conf:2:4: container.files.0.template: unknown secret of this app "lnd-ui-hsh"; did you mean "lnd-ui-hash"?',
      'conf/a.conf:4:7: container.files.0.template: unknown setting "y"',
    ],
  },
];

describe("names in templates", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
