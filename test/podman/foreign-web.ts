import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PodmanEngine } from "../../src/adapters/podman/podman-engine.ts";
import { findCandidates, type Surroundings } from "../../src/core/adopt/find-candidates.ts";
import { judgeAdoption, type Judgement } from "../../src/core/adopt/judge-adoption.ts";
import { placesToAsk } from "../../src/core/adopt/places-to-ask.ts";
import type { DesiredContainer } from "../../src/core/desired/desired.ts";
import type { EngineView } from "../../src/core/diff/field.ts";
import { appId } from "../../src/core/ids.ts";
import type { ContainerSpec } from "../../src/core/spec/container-spec.ts";
import { desiredContainer, sealed } from "../../src/testkit/foreign-container.ts";
import { podmanEngine } from "./podman-harness.ts";
import { podman } from "./running-daemon.ts";

export const IMAGE = "localhost/adopt/program:1";
export const SAME_IMAGE = "localhost/adopt/program:stable";
export const OTHER_IMAGE = "localhost/adopt/another:1";
export const NETWORK = "archy-net";
/** The value of its secret. */
export const CANARY = "canary-7c41";

/** Says something of everything that a container may take from its image. */
const CONTAINERFILE = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -p /etc /run /tmp /var/tmp /db && chmod 1777 /tmp /var/tmp
ENV FROM_IMAGE=1
USER 101:101
WORKDIR /tmp
VOLUME /cache
STOPSIGNAL SIGKILL
HEALTHCHECK CMD true
ENTRYPOINT ["/bin/busybox"]
CMD ["sleep", "100000"]
`;

/** The options of a script, by what they are for, so that a case changes some of them. */
export interface Line {
  readonly name: string;
  readonly image: string;
  readonly env: readonly string[];
  readonly network: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly security: readonly string[];
  readonly more: readonly string[];
  readonly command: readonly string[];
}

/** An app `web`, and the line with which a script makes the same container by plain `podman run`. */
export class ForeignWeb implements AsyncDisposable {
  readonly id = appId("web");
  readonly engine: PodmanEngine = podmanEngine();
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<ForeignWeb> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "adopt-")));
    const context = join(folder, "context");
    await Promise.all([mkdir(join(folder, "elsewhere")), mkdir(context)]);
    await copyFile("/bin/busybox", join(context, "busybox"));
    await writeFile(join(context, "Containerfile"), CONTAINERFILE);
    await podman("build", "-q", "--format", "docker", "-t", IMAGE, context);
    await podman("tag", IMAGE, SAME_IMAGE);
    await podman("build", "-q", "--label", "another=1", "-t", OTHER_IMAGE, context);
    await podman("network", "create", NETWORK);
    return new ForeignWeb(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await podman("network", "rm", NETWORK);
    this.engine[Symbol.dispose]();
    await rm(this.folder, { recursive: true });
  }

  /** The container as its manifest would be resolved. */
  desired(overrides: Partial<ContainerSpec> = {}): DesiredContainer {
    return desiredContainer({
      image: IMAGE,
      env: { A: "1", B: "two words" },
      secretEnv: { RPC_PASSWORD: { secret: "rpc", hmac: sealed("rpc", CANARY) } },
      mounts: [{ source: join(this.folder, "data/web/db"), target: "/db", readOnly: false, kind: "data" }],
      network: { mode: "bridge", networks: [{ name: NETWORK, aliases: ["web"] }] },
      ports: [9735, 9736].map((port) => ({ container: port, host: port, protocol: "tcp", bind: "0.0.0.0" })),
      resources: { memory: 64 * 1024 * 1024 },
      stop: { signal: "SIGKILL", grace: 600_000 },
      ...overrides,
    });
  }

  /** What the script says of it. */
  get line(): Line {
    return {
      name: "web",
      image: IMAGE,
      env: ["A=1", "B=two words", `RPC_PASSWORD=${CANARY}`],
      network: ["--network", NETWORK],
      ports: ["9735:9735", "9736:9736"],
      volumes: [`${this.folder}/data/web/db:/db`],
      security: ["--security-opt", "no-new-privileges"],
      more: ["--memory", "64m"],
      command: [],
    };
  }

  /** The container's name. */
  async run(changes: Partial<Line> = {}): Promise<string> {
    await mkdir(join(this.folder, "data/web/db"), { recursive: true });
    const { name, image, env, network, ports, volumes, security, more, command } = { ...this.line, ...changes };
    const repeated = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
    const options = [...repeated("-e", env), ...repeated("-p", ports), ...repeated("-v", volumes)];
    await podman("run", "-d", "--name", name, ...network, ...options, ...security, ...more, image, ...command);
    return name;
  }

  /** No container is ours, and the spec's image is here. */
  async surroundings(wanted: string): Promise<Surroundings> {
    const image = await this.engine.image(wanted);
    return { isOurs: () => false, images: new Map(image === null ? [] : [[wanted, image.id]]) };
  }

  async view(name: string, spec: ContainerSpec): Promise<EngineView> {
    const detail = await this.engine.inspect(name);
    const places = placesToAsk(spec, detail).map(
      async (path) => [path, await realpath(path).catch(() => null)] as const,
    );
    return {
      detail,
      image: await this.engine.image(detail.imageId),
      wantedImage: await this.engine.image(spec.image),
      seal: sealed,
      places: new Map(await Promise.all(places)),
    };
  }

  async judge(name: string, desired = this.desired()): Promise<Judgement> {
    const app = { id: this.id, containers: [desired] };
    const surroundings = await this.surroundings(desired.spec.image);
    const candidates = findCandidates(app, await this.engine.list(), surroundings);
    const candidate = candidates.find(({ found }) => found.name === name);
    if (!candidate) throw new Error(`${name} is no candidate`);
    return judgeAdoption(candidate, desired, await this.view(name, desired.spec));
  }
}
