import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diagnose } from "../../src/adapters/podman/doctor.ts";
import { gatherDoctorFacts } from "../../src/adapters/podman/doctor-facts.ts";
import { PodmanEngine } from "../../src/adapters/podman/podman-engine.ts";
import { ping, PodmanService } from "../../src/adapters/podman/podman-service.ts";
import { readProcessLimits } from "../../src/adapters/podman/process-limits.ts";
import { Subject } from "../contract/subject.ts";
import { podmanHarness } from "./podman-harness.ts";

describe("the Podman service", () => {
  const world = { home: "" };
  beforeEach(async () => {
    world.home = await mkdtemp(join(tmpdir(), "service-"));
  });
  afterEach(() => rm(world.home, { recursive: true }));

  it("is started where none answers, with a configuration of its own, and ends with its owner", async () => {
    const environment = { ...process.env };
    delete environment["CONTAINERS_CONF"];
    const service = new PodmanService({ home: world.home, environment });
    await Promise.all([service.ensure(), service.ensure()]);
    expect(service.socket).toBe(join(world.home, "run", "podman.sock"));
    expect(await readFile(join(world.home, "run", "containers.conf"), "utf8")).toContain("[engine]");
    expect(await ping(service.socket)).toBe(true);
    await service[Symbol.asyncDispose]();
    expect(await ping(service.socket)).toBe(false);
  });

  it("uses one that answers, and starts none", async () => {
    await using first = new PodmanService({ home: world.home });
    await first.ensure();
    await using second = new PodmanService({ home: world.home, socket: first.socket });
    await second.ensure();
    expect(second.pid).toBeNull();
  });

  it("comes back after it was killed, and sees the containers that lived on", async () => {
    await using service = new PodmanService({ home: world.home });
    await service.ensure();
    using engine = new PodmanEngine({ socket: () => service.socket, limits: readProcessLimits() });
    const harness = { ...(await podmanHarness()), engine };
    const rig = new Subject(harness, "service");
    const { id, name } = await rig.run();
    const { pid } = await engine.inspect(name);
    const events = engine.events(new AbortController().signal).next();
    process.kill(service.pid ?? 0, "SIGKILL");
    await expect(events).rejects.toThrow(expect.objectContaining({ code: "ARC_ENGINE_UNAVAILABLE" }));
    await expect(engine.list()).rejects.toThrow(expect.objectContaining({ code: "ARC_ENGINE_UNAVAILABLE" }));
    process.kill(pid, 0);
    await service.ensure();
    expect(await rig.row(name)).toMatchObject({ id, state: "running", pid });
    await rig.dispose();
    await harness.dispose();
  });

  it("says what stands in the way where it can't be started", async () => {
    await using service = new PodmanService({ home: world.home, program: "/bin/false" });
    await expect(service.ensure()).rejects.toThrow(
      expect.objectContaining({ code: "ARC_ENGINE_UNAVAILABLE", message: expect.stringContaining("exit code 1") }),
    );
    await using absent = new PodmanService({ home: world.home, program: "/bin/nowhere" });
    await expect(absent.ensure()).rejects.toThrow(expect.objectContaining({ code: "ARC_ENGINE_UNAVAILABLE" }));
  });

  it("gives doctor nothing to say in here", async () => {
    await using service = new PodmanService({ home: world.home });
    await service.ensure();
    const findings = diagnose(await gatherDoctorFacts(world.home, service.socket, AbortSignal.timeout(20_000)));
    expect(findings.filter((finding) => !finding.ok)).toEqual([]);
  });
});
