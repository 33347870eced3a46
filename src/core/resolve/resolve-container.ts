import type { DesiredContainer, RenderedContent } from "../desired/desired.ts";
import type { Problem } from "../errors/problem.ts";
import type { ContainerManifest } from "../manifest/container-schema.ts";
import { containerAlias, type AppFolder, type Manifest } from "../manifest/manifest.ts";
import type { AppEntry } from "../manifest/node-schema.ts";
import { ok, type Result } from "../result.ts";
import { specHash } from "../spec/canonical.ts";
import type { BuildSpec, ContainerSpec, FileSpec, NetworkMode, SecretRef } from "../spec/container-spec.ts";
import { seal, sha256 } from "../spec/digest.ts";
import type { Inputs } from "../spec/last-applied.ts";
import { resolveMounts } from "./resolve-mounts.ts";
import { fill, missingSecret, sealSecret, type Filled, type Scope } from "./scope.ts";

/** What a container's resolution reads. All of it: there is no hidden input. */
export interface ContainerInput {
  readonly name: string;
  readonly container: ContainerManifest;
  readonly manifest: Manifest;
  readonly folder: AppFolder;
  readonly scope: Scope;
  /** The owner's overrides for this app. */
  readonly entry: AppEntry;
  /** Absolute; each app's data lies in a folder of its name below it. */
  readonly dataRoot: string;
  /** Alias -> app that serves it. */
  readonly providers: Readonly<Record<string, string | null>>;
  /** Networks of required apps that this container joins. */
  readonly joined: readonly string[];
  readonly allowHostPaths: boolean;
  readonly allowPrivileged: boolean;
}

export interface ResolvedContainer {
  readonly desired: DesiredContainer;
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly files: readonly RenderedContent[];
}

/** The isolated network of one app. */
export const appNetwork = (app: string): string => `archipelago-${app}`;

/** Collects problems and inputs while a spec is put together. */
class Collector {
  readonly problems: Problem[] = [];
  readonly inputs: Record<string, Filled["inputs"]> = {};
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  fill(text: string, path: string, options = { secrets: false }): Filled {
    const filled = fill(text, this.#scope, options);
    if (filled.ok) {
      if (Object.keys(filled.value.inputs).length > 0)
        this.inputs[path] = { ...this.inputs[path], ...filled.value.inputs };
      return filled.value;
    }
    for (const problem of filled.problems) this.problems.push({ ...problem, path });
    return { text: "", inputs: {}, secret: false };
  }

  refuse(message: string, path: string): void {
    this.problems.push({ code: "ARC_UNRESOLVED", message, path });
  }
}

/** manifest + facts + settings + secrets -> ContainerSpec, or everything that stands in the way. Pure. */
export function resolveContainer(input: ContainerInput): Result<ResolvedContainer> {
  const { name, container, manifest, scope, entry } = input;
  const collect = new Collector(scope);
  const alias = containerAlias(manifest.id, name);

  const { env, secretRefs, secretValues } = resolveEnv(input, collect);
  const files = resolveFiles(input, collect);
  const mounts = resolveMounts(input);
  collect.problems.push(...mounts.problems);
  if (container.privileged && !input.allowPrivileged) {
    collect.refuse(`${manifest.id} wants to run privileged; consent with allow.privileged in node.yml`, "privileged");
  }
  const override = entry.images[name] ?? (name === "main" ? entry.image : undefined);
  if (override !== undefined) collect.inputs["image"] = { node: override };
  const build = override === undefined ? resolveBuild(container, input.folder) : undefined;
  if (build && !input.folder.files.has(`${container.build?.context ?? ""}/${build.containerfile}`)) {
    collect.refuse(`the build context ${build.context} has no ${build.containerfile}`, "build.containerfile");
  }
  const image = override ?? container.image ?? `localhost/archipelago/${alias}:${build ? buildTag(build) : "none"}`;

  const ports = container.ports.map((port) => {
    const moved = entry.ports[String(port.host)];
    if (moved !== undefined) collect.inputs[`ports.${port.container}/${port.protocol}`] = { node: String(moved) };
    return { container: port.container, host: moved ?? port.host, protocol: port.protocol, bind: port.bind };
  });
  const healthCommand = resolveHealthCommand(container);
  const spec: ContainerSpec = {
    app: manifest.id,
    container: name,
    image,
    ...(build && { build }),
    ...(container.entrypoint && {
      entrypoint: container.entrypoint.map((text) => collect.fill(text, "entrypoint").text),
    }),
    args: container.custom_args.map((text) => collect.fill(text, "args").text),
    env,
    secretEnv: secretRefs,
    ...(container.user !== undefined && { user: container.user }),
    ...(container.data_uid !== undefined && { dataUid: container.data_uid }),
    ...(container.hostname !== undefined && { hostname: container.hostname }),
    init: container.init,
    mounts: mounts.mounts,
    tmpfs: container.tmpfs.map(({ target, options }) => ({
      target,
      options: options === "" ? [] : options.split(","),
    })),
    files: files.map(({ spec: file }) => file),
    network: resolveNetwork(input, alias),
    ports,
    extraHosts: container.extra_hosts,
    devices: container.devices,
    capAdd: container.cap_add,
    capDrop: container.cap_drop,
    privileged: container.privileged,
    readOnly: container.read_only,
    noNewPrivileges: container.no_new_privileges,
    ...(container.shm_size !== undefined && { shmSize: container.shm_size }),
    ulimits: Object.fromEntries(
      Object.entries(container.ulimits).map(([key, limit]) => [
        key,
        typeof limit === "number" ? { soft: limit, hard: limit } : limit,
      ]),
    ),
    sysctls: container.sysctls,
    labels: container.labels,
    resources: {
      ...(container.resources.memory !== undefined && { memory: container.resources.memory }),
      ...(container.resources.cpus !== undefined && { cpus: container.resources.cpus }),
      ...(container.resources.pids !== undefined && { pids: container.resources.pids }),
    },
    stop: container.stop,
    ...(healthCommand && { healthCommand }),
  };
  if (collect.problems.length > 0) {
    const where = `containers.${name}`;
    return {
      ok: false,
      problems: collect.problems.map((p) => ({ ...p, path: p.path ? `${where}.${p.path}` : where })),
    };
  }
  return ok({
    desired: {
      name,
      spec,
      hash: specHash(spec),
      inputs: collect.inputs satisfies Inputs,
      oneShot: container.one_shot,
      startAfter: container.start_after,
      health: container.health,
      fileSums: Object.fromEntries(files.map(({ content }) => [content.target, sha256(content.content)])),
    },
    secretEnv: secretValues,
    files: files.map(({ content }) => content),
  });
}

function resolveEnv({ container, manifest, scope }: ContainerInput, collect: Collector) {
  const env: Record<string, string> = { ...container.env };
  for (const { key, template } of container.derived_env) env[key] = collect.fill(template, `env.${key}`).text;
  const secretRefs: Record<string, SecretRef> = {};
  const secretValues: Record<string, string> = {};
  for (const entry of container.secret_env) {
    const path = `env.${entry.key}`;
    let file: string;
    if ("secret_file" in entry) {
      file = entry.secret_file;
    } else {
      const [, alias = "", field = ""] = entry.from.split(".");
      const fields = scope.requires[alias];
      if (fields === undefined) continue; // optional, and nobody serves it
      const provided = fields[field];
      if (provided === undefined || !("secret" in provided)) {
        collect.refuse(`${entry.from} is not a secret that ${alias} shares`, path);
        continue;
      }
      file = provided.secret;
    }
    const value = scope.secrets.get(file);
    if (value === undefined) {
      collect.problems.push({ ...missingSecret(manifest.id, file, entry.key), path });
      continue;
    }
    const hmac = sealSecret(scope, file, value);
    secretRefs[entry.key] = { secret: file, hmac };
    secretValues[entry.key] = value;
    collect.inputs[path] = { [`secret:${file}`]: hmac };
  }
  return { env, secretRefs, secretValues };
}

function resolveFiles(input: ContainerInput, collect: Collector) {
  const { container, folder, scope } = input;
  return container.files.map((file): { readonly spec: FileSpec; readonly content: RenderedContent } => {
    const path = `files.${file.target}`;
    const template = folder.files.get(file.template)?.text;
    if (typeof template !== "string") collect.refuse(`the template ${file.template} can't be read as text`, path);
    const filled = collect.fill(template ?? "", path, { secrets: true });
    const owner = filled.secret ? secretFileOwner(container.user) : undefined;
    if (owner === null) {
      collect.refuse('a file that holds a secret needs a numeric user such as "101:101", who alone may read it', path);
    }
    // With a secret inside, nobody but the container's user may read it: group and others lose every bit.
    const mode = filled.secret ? `0${file.mode.slice(1, 2)}00` : file.mode;
    const digest = filled.secret ? `hmac:${seal(scope.nodeKey, "file", filled.text)}` : `sha256:${sha256(filled.text)}`;
    return {
      spec: { target: file.target, mode, digest, secret: filled.secret, onChange: file.on_change },
      content: { target: file.target, content: filled.text, mode, ...(typeof owner === "string" && { owner }) },
    };
  });
}

/** `uid:gid` for chown; null where the user is a name that only the image can look up. */
function secretFileOwner(user: string | undefined): string | null {
  if (user === undefined) return "0:0";
  const match = /^(\d+)(?::(\d+))?$/.exec(user);
  return match ? `${match[1]}:${match[2] ?? match[1]}` : null;
}

function resolveNetwork({ container, manifest, joined }: ContainerInput, alias: string): NetworkMode {
  if (container.network === "host") return { mode: "host" };
  if (container.network === "none") return { mode: "none" };
  const own = container.network ?? appNetwork(manifest.id);
  const others = joined.filter((network) => network !== own).toSorted();
  return {
    mode: "bridge",
    networks: [{ name: own, aliases: [alias] }, ...others.map((name) => ({ name, aliases: [] }))],
  };
}

function resolveBuild(container: ContainerManifest, folder: AppFolder): BuildSpec | undefined {
  if (!container.build) return undefined;
  const { context, containerfile, args } = container.build;
  const files = [...folder.files]
    .filter(([path]) => path.startsWith(`${context}/`))
    .map(([path, file]) => [path.slice(context.length + 1), file.mode, file.digest] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    digest: sha256(JSON.stringify(files)),
    context: `${folder.path}/${context}`,
    containerfile,
    args,
  };
}

/** Names what is built by all that goes into it: another context, Containerfile or argument is another image. */
function buildTag({ digest, containerfile, args }: BuildSpec): string {
  const sorted = Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([digest, containerfile, sorted])).slice(0, 12);
}

function resolveHealthCommand({ health }: ContainerManifest): ContainerSpec["healthCommand"] {
  const probes = [health.startup, health.readiness, health.liveness].filter((probe) => probe?.command !== undefined);
  const command = probes[0]?.command;
  return command && { command, timeout: Math.max(...probes.map((probe) => probe?.timeout ?? 0)) };
}
