import { describe, expect, it } from "vitest";
import type { Subject } from "./subject.ts";

/** Expects an ArcError with that code. */
const code = (name: string): unknown => expect.objectContaining({ name: "ArcError", code: name });

export function describeLifecycle(subject: () => Subject): void {
  describe("states", () => {
    it("goes from created over running to exited, and is gone after remove", async () => {
      const it = subject();
      const { id, name } = await it.create();
      expect(await it.row(name)).toMatchObject({ id, state: "created", pid: 0, startedAt: 0, exitedAt: 0 });
      const before = Date.now();
      await it.engine.start(name);
      const running = await it.row(name);
      expect(running).toMatchObject({ id, state: "running", exitedAt: 0 });
      expect(running?.pid).toBeGreaterThan(0);
      expect(Math.abs((running?.startedAt ?? 0) - before)).toBeLessThan(60_000);
      await it.engine.stop(name, 2_000);
      const stopped = await it.row(name);
      expect(stopped).toMatchObject({ id, state: "exited", pid: 0, exitCode: 137 });
      expect(stopped?.exitedAt).toBeGreaterThan(0);
      await it.engine.remove(name, { force: false });
      expect(await it.state(name)).toBe("absent");
    });

    it("starts what was stopped, with the same id", async () => {
      const it = subject();
      const { id, name } = await it.run();
      await it.engine.stop(name, 1_000);
      await it.engine.start(id);
      expect(await it.row(name)).toMatchObject({ id, state: "running" });
    });

    it("succeeds at what is already so: start, stop, remove", async () => {
      const it = subject();
      const { name } = await it.create();
      await it.engine.stop(name, 1_000);
      await it.engine.start(name);
      await it.engine.start(name);
      await it.engine.stop(name, 1_000);
      await it.engine.stop(name, 1_000);
      await it.engine.remove(name, { force: false });
      await it.engine.remove(name, { force: false });
      await it.engine.remove(name, { force: true });
      expect(await it.state(name)).toBe("absent");
    });

    it("sees a process that ended by itself as exited", async () => {
      const it = subject();
      const { name } = await it.run();
      await it.harness.crash(name);
      const row = await it.until(name, "exited");
      expect(row).toMatchObject({ pid: 0, exitCode: 137 });
    });

    it("ends the process with the signal of kill", async () => {
      const it = subject();
      const { name } = await it.run();
      await it.engine.kill(name, "SIGKILL");
      expect((await it.until(name, "exited")).exitCode).toBe(137);
    });

    it("resumes what was paused", async () => {
      const it = subject();
      const { name } = await it.run();
      await it.harness.pause(name);
      expect(await it.state(name)).toBe("paused");
      await it.engine.unpause(name);
      expect(await it.state(name)).toBe("running");
    });

    it("removes a running and a paused container only by force", async () => {
      const it = subject();
      const { name } = await it.run();
      await expect(it.engine.remove(name, { force: false })).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
      await it.harness.pause(name);
      await expect(it.engine.remove(name, { force: false })).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
      await it.engine.remove(name, { force: true });
      expect(await it.state(name)).toBe("absent");
    });

    it("lists every container, ours or not, in one call", async () => {
      const it = subject();
      const names = [(await it.create()).name, (await it.run()).name];
      expect((await it.engine.list()).map((row) => row.name)).toEqual(expect.arrayContaining(names));
    });
  });

  describe("errors", () => {
    it.each([
      ["start", (it: Subject) => it.engine.start("nobody")],
      ["stop", (it: Subject) => it.engine.stop("nobody", 1_000)],
      ["kill", (it: Subject) => it.engine.kill("nobody", "SIGTERM")],
      ["unpause", (it: Subject) => it.engine.unpause("nobody")],
      ["inspect", (it: Subject) => it.engine.inspect("nobody")],
      ["healthcheck", (it: Subject) => it.engine.healthcheck("nobody")],
      ["connect", async (it: Subject) => it.engine.connect("nobody", { name: await it.network(), aliases: [] })],
    ])("says not found where %s names no container", async (_, act) => {
      await expect(act(subject())).rejects.toThrow(code("ARC_ENGINE_NOT_FOUND"));
    });

    it("refuses a name that is taken", async () => {
      const it = subject();
      const { name } = await it.create();
      await expect(it.engine.create(it.request({ name }))).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    });

    it("refuses an image that is not there", async () => {
      const it = subject();
      const request = it.request({ spec: { image: "localhost/never-made:1" } });
      await expect(it.engine.create(request)).rejects.toThrow(code("ARC_ENGINE_IMAGE_MISSING"));
      expect(await it.state(request.name)).toBe("absent");
    });

    it("refuses a network that is not there", async () => {
      const it = subject();
      const network = { mode: "bridge", networks: [{ name: "never-made", aliases: [] }] } as const;
      await expect(it.engine.create(it.request({ spec: { network } }))).rejects.toThrow(code("ARC_ENGINE_NOT_FOUND"));
    });

    it.each([
      ["kill", (it: Subject, name: string) => it.engine.kill(name, "SIGTERM")],
      ["unpause", (it: Subject, name: string) => it.engine.unpause(name)],
      ["healthcheck", (it: Subject, name: string) => it.engine.healthcheck(name)],
    ])("says conflict where %s meets a container that does not run", async (_, act) => {
      const it = subject();
      const { name } = await it.create({ spec: { healthCommand: { command: ["/bin/true"], timeout: 2_000 } } });
      await expect(act(it, name)).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    });

    it("says conflict where start meets a paused container", async () => {
      const it = subject();
      const { name } = await it.run();
      await it.harness.pause(name);
      await expect(it.engine.start(name)).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    });

    it("gives up at once when its signal has fired, with the signal's reason", async () => {
      const reason = new Error("enough");
      await expect(subject().engine.list(AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });

  describe("images", () => {
    it("knows which image is there", async () => {
      const it = subject();
      expect(await it.engine.imageExists(it.harness.image)).toBe(true);
      expect(await it.engine.imageExists("localhost/never-made:1")).toBe(false);
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
      const it = subject();
      const running = await it.run();
      const created = await it.create();
      const stats = await it.engine.stats([running.name, created.name, "nobody"]);
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
      const it = subject();
      const { name } = await it.run({ spec: { healthCommand: { command: ["/bin/true"], timeout: 5_000 } } });
      expect((await it.engine.healthcheck(name)).exitCode).toBe(0);
    });
  });
}
