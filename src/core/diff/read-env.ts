import type { ContainerSpec } from "../spec/container-spec.ts";
import type { EngineView, FieldValues } from "./field.ts";

/** What Podman sets by itself, whatever the image and the caller say (4.3, 5.4). */
const ENGINES_OWN = new Set(["TERM", "container", "HOSTNAME", "HOME"]);
const ENGINES_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function secretText({ secret, hmac }: ContainerSpec["secretEnv"][string]): string {
  return `secret ${secret} (${hmac.slice(0, 8)})`;
}

/**
 * The environment less what image and engine put there. Values are shown of those keys alone that the spec holds in
 * plain; of any other key, that it is set.
 */
export function readEnv(view: EngineView, spec: ContainerSpec): FieldValues {
  const { env } = view.detail;
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) {
    const secret = spec.secretEnv[key];
    if (secret) {
      const same = view.seal === null || view.seal(secret.secret, value) === secret.hmac;
      found[key] = same ? secretText(secret) : "another value";
    } else if (Object.hasOwn(spec.env, key)) {
      found[key] = value;
    } else if (view.image && !isAdded(key, value, view.image.env)) {
      found[key] = "(set)";
    }
  }
  for (const key of Object.keys(view.image?.env ?? {})) {
    if (!Object.hasOwn(env, key) && !Object.hasOwn(spec.env, key) && !spec.secretEnv[key]) found[key] = "(unset)";
  }
  return found;
}

function isAdded(key: string, value: string, image: Readonly<Record<string, string>>): boolean {
  const own = Object.hasOwn(image, key) ? image[key] : key === "PATH" ? ENGINES_PATH : undefined;
  return own === value || (own === undefined && ENGINES_OWN.has(key)) || key === "HOSTNAME" || key === "container";
}
