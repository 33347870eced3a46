import { describe, expect, it } from "vitest";
import type { Subject } from "./subject.ts";

/** Expects an ArcError with that code. */
const code = (name: string): unknown => expect.objectContaining({ name: "ArcError", code: name });

export function describeLifecycle(subject: () => Subject): void {
  describe("states", () => {
    it("goes from created over running to exited, and is gone after remove", async () => {
      const rig = subject();
      const { id, name } = await rig.create();
      expect(await rig.row(name)).toMatchObject({ id, state: "created", pid: 0, startedAt: 0, exitedAt: 0 });
      const before = Date.now();
      await rig.engine.start(name);
      const running = await rig.row(name);
      expect(running).toMatchObject({ id, state: "running", exitedAt: 0 });
      expect(running?.pid).toBeGreaterThan(0);
      expect(Math.abs((running?.startedAt ?? 0) - before)).toBeLessThan(60_000);
      await rig.engine.stop(name, 2_000);
      const stopped = await rig.row(name);
      expect(stopped).toMatchObject({ id, state: "exited", pid: 0, exitCode: 137 });
      expect(stopped?.exitedAt).toBeGreaterThan(0);
      await rig.engine.remove(name, { force: false });
      expect(await rig.state(name)).toBe("absent");
    });

    it("starts what was stopped, with the same id", async () => {
      const rig = subject();
      const { id, name } = await rig.run();
      await rig.engine.stop(name, 1_000);
      await rig.engine.start(id);
      expect(await rig.row(name)).toMatchObject({ id, state: "running" });
    });

    it("succeeds at what is already so: start, stop, remove", async () => {
      const rig = subject();
      const { name } = await rig.create();
      await rig.engine.stop(name, 1_000);
      await rig.engine.start(name);
      await rig.engine.start(name);
      await rig.engine.stop(name, 1_000);
      await rig.engine.stop(name, 1_000);
      await rig.engine.remove(name, { force: false });
      await rig.engine.remove(name, { force: false });
      await rig.engine.remove(name, { force: true });
      expect(await rig.state(name)).toBe("absent");
    });

    it("sees a process that ended by itself as exited", async () => {
      const rig = subject();
      const { name } = await rig.run();
      await rig.harness.crash(name);
      const row = await rig.until(name, "exited");
      expect(row).toMatchObject({ pid: 0, exitCode: 137 });
    });

    it("ends the process with the signal of kill", async () => {
      const rig = subject();
      const { name } = await rig.run();
      await rig.engine.kill(name, "SIGKILL");
      expect((await rig.until(name, "exited")).exitCode).toBe(137);
    });

    it("resumes what was paused", async () => {
      const rig = subject();
      const { name } = await rig.run();
      await rig.harness.pause(name);
      expect(await rig.state(name)).toBe("paused");
      await rig.engine.unpause(name);
      expect(await rig.state(name)).toBe("running");
    });

    it("removes a running and a paused container only by force", async () => {
      const rig = subject();
      const { name } = await rig.run();
      await expect(rig.engine.remove(name, { force: false })).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
      await rig.harness.pause(name);
      await expect(rig.engine.remove(name, { force: false })).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
      await rig.engine.remove(name, { force: true });
      expect(await rig.state(name)).toBe("absent");
    });

    it("lists every container, ours or not, in one call", async () => {
      const rig = subject();
      const names = [(await rig.create()).name, (await rig.run()).name];
      expect((await rig.engine.list()).map((row) => row.name)).toEqual(expect.arrayContaining(names));
    });
  });

  describe("errors", () => {
    it.each([
      ["start", (rig: Subject) => rig.engine.start("nobody")],
      ["stop", (rig: Subject) => rig.engine.stop("nobody", 1_000)],
      ["kill", (rig: Subject) => rig.engine.kill("nobody", "SIGTERM")],
      ["unpause", (rig: Subject) => rig.engine.unpause("nobody")],
      ["inspect", (rig: Subject) => rig.engine.inspect("nobody")],
      ["healthcheck", (rig: Subject) => rig.engine.healthcheck("nobody")],
      ["connect", async (rig: Subject) => rig.engine.connect("nobody", { name: await rig.network(), aliases: [] })],
    ])("says not found where %s names no container", async (_, act) => {
      await expect(act(subject())).rejects.toThrow(code("ARC_ENGINE_NOT_FOUND"));
    });

    it("refuses a name that is taken", async () => {
      const rig = subject();
      const { name } = await rig.create();
      await expect(rig.engine.create(rig.request({ name }))).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    });

    it("refuses an image that is not there", async () => {
      const rig = subject();
      const request = rig.request({ spec: { image: "localhost/never-made:1" } });
      await expect(rig.engine.create(request)).rejects.toThrow(code("ARC_ENGINE_IMAGE_MISSING"));
      expect(await rig.state(request.name)).toBe("absent");
    });

    it("refuses a network that is not there", async () => {
      const rig = subject();
      const network = { mode: "bridge", networks: [{ name: "never-made", aliases: [] }] } as const;
      await expect(rig.engine.create(rig.request({ spec: { network } }))).rejects.toThrow(code("ARC_ENGINE_NOT_FOUND"));
    });

    it.each([
      ["kill", (rig: Subject, name: string) => rig.engine.kill(name, "SIGTERM")],
      ["unpause", (rig: Subject, name: string) => rig.engine.unpause(name)],
      ["healthcheck", (rig: Subject, name: string) => rig.engine.healthcheck(name)],
    ])("says conflict where %s meets a container that does not run", async (_, act) => {
      const rig = subject();
      const { name } = await rig.create({ spec: { healthCommand: { command: ["/bin/true"], timeout: 2_000 } } });
      await expect(act(rig, name)).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    });

    it("says conflict where start meets a paused container", async () => {
      const rig = subject();
      const { name } = await rig.run();
      await rig.harness.pause(name);
      await expect(rig.engine.start(name)).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    });

    it("gives up at once when its signal has fired, with the signal's reason", async () => {
      const reason = new Error("enough");
      await expect(subject().engine.list(AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });

  describe("images", () => {
    it("knows which image is there", async () => {
      const rig = subject();
      expect(await rig.engine.imageExists(rig.harness.image)).toBe(true);
      expect(await rig.engine.imageExists("localhost/never-made:1")).toBe(false);
    });
  });

  describe("info", () => {
    it("names version and runtime", async () => {
      const info = await subject().engine.info();
      expect(info.version).toMatch(/^\d+\.\d+/);
      expect(info.runtime).not.toBe("");
      expect(info.cgroups).toMatch(/^v[12]$/);
    });
  });

  describe("stats", () => {
    it("samples the running containers among those asked for", async () => {
      const rig = subject();
      const running = await rig.run();
      const created = await rig.create();
      const stats = await rig.engine.stats([running.name, created.name, "nobody"]);
      expect(stats.map((sample) => sample.id)).toEqual([running.id]);
      expect(stats[0]?.memoryBytes).toBeGreaterThan(0);
      expect(stats[0]?.pids).toBeGreaterThan(0);
    });

    it("samples nothing where nothing is asked for", async () => {
      expect(await subject().engine.stats([])).toEqual([]);
    });
  });

  describe("health command", () => {
    it("runs on a running container when asked", async () => {
      const rig = subject();
      const { name } = await rig.run({ spec: { healthCommand: { command: ["/bin/true"], timeout: 5_000 } } });
      expect((await rig.engine.healthcheck(name)).exitCode).toBe(0);
    });
  });
}
