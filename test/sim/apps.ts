import { manifestText, type ManifestInput } from "../../src/testkit/builders.ts";
import { NGINX } from "./simulated-node.ts";

type ContainerInput = NonNullable<ManifestInput["container"]>;

/** A manifest of one nginx with these fields of its container. */
export const appText = (id: string, container: Partial<ContainerInput> = {}, more: Partial<ManifestInput> = {}) =>
  manifestText({ id, container: { image: NGINX, ...container }, ...more });

/** A provider of `rpc`, ready when its port answers. */
export const providerText = (id = "base", more: Partial<ManifestInput> = {}): string =>
  appText(
    id,
    { health: { readiness: { tcp: { port: 80 }, interval: "2s", failures: 30 } } },
    { provides: { rpc: { host: "{{ container.main }}" } }, ...more },
  );

/** A consumer of `rpc`. */
export const consumerText = (
  id = "user",
  requirement: Partial<NonNullable<ManifestInput["requires"]>[string]> = {},
  container: Partial<ContainerInput> = {},
): string => appText(id, container, { requires: { base: { interface: "rpc", ...requirement } } });

/** An app that reads a fact, a secret in its environment, a rendered file, and keeps data. */
export const RICH = {
  "manifest.yml": appText(
    "rich",
    {
      derived_env: [{ key: "HOST", template: "{{ host_ip }}" }],
      secret_env: [{ key: "PASS", secret_file: "rich-pass" }],
      files: [{ template: "app.conf", target: "/etc/app.conf" }],
      volumes: [{ source: "rich", target: "/data" }],
      ports: [{ container: 80, host: 8081 }],
    },
    { secrets: { "rich-pass": { generate: "random", bytes: 16 } } },
  ),
  "app.conf": "listen {{ host_ip }}\n",
} as const;
