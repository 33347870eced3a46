import type { ContainerDetail } from "../observed/observed.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";

const OTHER = "(another value)";

/**
 * What a foreign container is, in the form of the spec that it is to become: what its record keeps until a generation of
 * ours takes its place, and what it goes on as where that one fails. No value of its environment that the manifest does
 * not hold in plain; of secrets nothing.
 */
export function foundSpec(desired: ContainerSpec, detail: ContainerDetail): ContainerSpec {
  const env = Object.entries(desired.env).flatMap(([key, value]) => {
    const has = detail.env[key];
    return has === undefined ? [] : [[key, has === value ? value : OTHER] as const];
  });
  const { build: _build, healthCommand: _health, ...rest } = desired;
  const networks = Object.entries(detail.attachments).map(([name, { aliases }]) => ({ name, aliases }));
  return {
    ...rest,
    image: detail.image,
    env: Object.fromEntries(env),
    secretEnv: {},
    files: [],
    ports: detail.ports,
    network:
      detail.networkMode === "host" || detail.networkMode === "none"
        ? { mode: detail.networkMode }
        : { mode: "bridge", networks },
    stop: { signal: detail.stop.signal, grace: desired.stop.grace },
  };
}
