import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { NetworkMode } from "../../src/core/spec/container-spec.ts";
import { collect, type Subject } from "./subject.ts";

/** What can only be seen from inside a container that really runs. */
export function describeInside(subject: () => Subject): void {
  describe("seen from inside", () => {
    it("hands over environment and arguments byte for byte", async () => {
      const rig = subject();
      const value = "a $b ${c} `d` \"e\" 'f' \\n\n%s %% é =";
      const { output } = await rig.script("", {
        spec: {
          entrypoint: ["/bin/sh", "-c", 'printf "%s|%s|%s" "$PLAIN" "$SECRET" "$0"'],
          args: [value],
          env: { PLAIN: value },
        },
        secretEnv: { SECRET: value },
      });
      expect(output).toBe(`${value}|${value}|${value}`);
    });

    it("passes on no proxy settings of the host", async () => {
      const { output } = await subject().script("env | grep -ic proxy");
      expect(output).toBe("0");
    });

    it("returns the exit code of the process", async () => {
      expect((await subject().script("exit 42")).exitCode).toBe(42);
    });

    it("mounts folders with their access, and files read-only", async () => {
      const rig = subject();
      const folder = join(rig.harness.directory, rig.name());
      await mkdir(folder);
      await writeFile(join(folder, "in"), "from the host");
      const { output } = await rig.script(
        "cat /rw/in; echo out > /rw/out && echo; echo x > /ro/x || echo ro refused; cat /etc/conf; echo x > /etc/conf || echo file refused",
        {
          spec: {
            mounts: [
              { source: folder, target: "/rw", readOnly: false, kind: "data" },
              { source: folder, target: "/ro", readOnly: true, kind: "shared" },
            ],
          },
          files: [{ source: join(folder, "in"), target: "/etc/conf" }],
        },
      );
      expect(output).toContain("from the host");
      expect(output).toContain("ro refused");
      expect(output).toContain("file refused");
      expect(await readFile(join(folder, "out"), "utf8")).toBe("out\n");
    });

    it("never makes the source of a mount by itself", async () => {
      const rig = subject();
      const source = join(rig.harness.directory, rig.name());
      await expect(
        rig.run({ spec: { mounts: [{ source, target: "/data", readOnly: false, kind: "data" }] } }),
      ).rejects.toThrow(expect.objectContaining({ name: "ArcError" }));
    });

    it("gives a read-only root writable /tmp and /run, and a tmpfs with its options", async () => {
      const { output } = await subject().script(
        "touch /etc/x || echo root refused; touch /tmp/x && echo fine; touch /run/x || echo run refused; df -k /scratch | tail -1 | tr -s ' ' | cut -d ' ' -f 2",
        { spec: { readOnly: true, tmpfs: [{ target: "/scratch", options: ["size=2m"] }], user: "1000:1000" } },
      );
      expect(output).toContain("root refused");
      expect(output).toContain("fine");
      expect(output).toContain("run refused");
      expect(output).toMatch(/2048$/);
    });

    it("gives a tmpfs the same mode at every start", async () => {
      const rig = subject();
      const { name } = await rig.script("touch /scratch/x && echo written; stat -c %a /scratch /private", {
        spec: {
          user: "1000:1000",
          readOnly: true,
          tmpfs: [
            { target: "/scratch", options: ["size=2m"] },
            { target: "/private", options: ["mode=0750"] },
          ],
        },
      });
      await rig.engine.start(name);
      await rig.until(name, "exited");
      const lines = await collect(rig.engine.logs(name, { follow: false }));
      expect(lines.map(({ text }) => text)).toEqual(["written", "1777", "750", "written", "1777", "750"]);
    });

    it("runs as the user, with the capabilities and limits asked for", async () => {
      const { output } = await subject().script(
        "id -u; id -g; grep -E 'NoNewPrivs|CapBnd' /proc/self/status; ulimit -Sn; ulimit -Hn; hostname; cat /proc/1/comm; df -k /dev/shm | tail -1 | tr -s ' ' | cut -d ' ' -f 2",
        {
          spec: {
            user: "1234:4321",
            capDrop: ["ALL"],
            capAdd: ["CHOWN"],
            ulimits: { nofile: { soft: 512, hard: 1024 } },
            hostname: "box",
            init: true,
            shmSize: 4 * 1024 * 1024,
          },
        },
      );
      const [uid, gid, ...rest] = output.split("\n");
      expect([uid, gid]).toEqual(["1234", "4321"]);
      expect(rest.join("\n")).toMatch(
        /CapBnd:\s+0000000000000001\nNoNewPrivs:\s+1\n512\n1024\nbox\n(catatonit|podman-init)\n4096/,
      );
    });

    it("holds a container to its memory, processors and processes", async () => {
      const { output } = await subject().script(
        [
          "cd /sys/fs/cgroup",
          "cat memory/memory.limit_in_bytes 2>/dev/null || cat memory.max",
          "cat cpu/cpu.cfs_quota_us 2>/dev/null || cut -d ' ' -f 1 cpu.max",
          "cat pids/pids.max 2>/dev/null || cat pids.max",
        ].join("\n"),
        { spec: { resources: { memory: 16 * 1024 * 1024, cpus: 0.5, pids: 77 } } },
      );
      expect(output).toBe("16777216\n50000\n77");
    });

    it("sets kernel parameters and extra hosts of its own network", async () => {
      const rig = subject();
      const network = await bridge(rig);
      const { output } = await rig.script("cat /proc/sys/net/core/somaxconn; grep -E 'fixed|gateway' /etc/hosts", {
        spec: {
          network,
          sysctls: { "net.core.somaxconn": "321" },
          extraHosts: [
            { host: "fixed.internal", ip: "10.9.8.7" },
            { host: "gateway.internal", ip: "host-gateway" },
          ],
        },
      });
      expect(output).toMatch(/^321$/m);
      expect(output).toMatch(/^10\.9\.8\.7\s+fixed\.internal$/m);
      expect(output).toMatch(/^10\.\d+\.\d+\.1\s+gateway\.internal$/m);
    });

    it("shows a device", async () => {
      const { output } = await subject().script("ls -l /dev/full", { spec: { devices: ["/dev/full"] } });
      expect(output).toMatch(/^c/);
    });

    it("leaves the modes of a mounted folder as they are", async () => {
      const rig = subject();
      const folder = join(rig.harness.directory, rig.name());
      await mkdir(folder);
      await chmod(folder, 0o700);
      const { output } = await rig.script("ls /data 2>&1 || echo refused", {
        spec: { user: "1000:1000", mounts: [{ source: folder, target: "/data", readOnly: false, kind: "data" }] },
      });
      expect(output).toContain("refused");
    });
  });

  describe("names and isolation", () => {
    it("resolves aliases on a shared network, and reaches what it joined alone", async () => {
      const rig = subject();
      const [shared, apart] = [await rig.network(), await rig.network()];
      const listen = {
        entrypoint: ["/bin/sh", "-c"],
        args: ["mkdir -p /w; echo hello > /w/index.html; exec httpd -f -p 80 -h /w"],
      };
      await rig.run({ spec: { ...listen, network: on(shared, "backend") } });
      const stranger = await rig.run({ spec: { ...listen, network: on(apart, "stranger") } });
      const address = (await rig.engine.inspect(stranger.name)).attachments[apart]?.ip ?? "";
      const { output } = await rig.script(
        [
          "i=0; until nslookup backend >/tmp/ns 2>&1; do i=$((i+1)); [ $i -lt 50 ] || break; done",
          "ip=$(grep -A9 '^Name' /tmp/ns | sed -n 's/^Address[^:]*: *//p' | head -1)",
          "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 $ip 80 | tail -1",
          "nslookup stranger >/dev/null 2>&1 && echo resolved || echo no such name",
          `nc -w 2 ${address} 80 </dev/null 2>/dev/null && echo reached || echo not reached`,
        ].join("\n"),
        { spec: { network: on(shared, "client") } },
      );
      expect(output).toBe("hello\nno such name\nnot reached");
    });

    it("serves a published port on the host", async () => {
      const rig = subject();
      const { name } = await rig.run({
        spec: {
          entrypoint: ["/bin/sh", "-c"],
          args: ["mkdir -p /w; echo hello > /w/index.html; exec httpd -f -p 80 -h /w"],
          network: await bridge(rig),
          ports: [{ container: 80, host: 18_300, protocol: "tcp", bind: "127.0.0.1" }],
        },
      });
      expect(await rig.state(name)).toBe("running");
      await expect
        .poll(
          () =>
            fetch("http://127.0.0.1:18300/").then(
              (r) => r.text(),
              () => "",
            ),
          { timeout: 10_000 },
        )
        .toBe("hello\n");
    });

    it("keeps name resolution while neighbours come and go", async () => {
      const rig = subject();
      const network = await rig.network();
      const { name } = await rig.run({
        spec: {
          network: on(network, "steady"),
          healthCommand: { command: ["/bin/sh", "-c", "nslookup steady"], timeout: 5_000 },
        },
      });
      for (const round of [1, 2, 3]) {
        const neighbour = await rig.run({ spec: { network: on(network, `neighbour-${round}`) } });
        expect(await rig.engine.healthcheck(name)).toMatchObject({ exitCode: 0 });
        await rig.engine.remove(neighbour.name, { force: true });
        expect(await rig.engine.healthcheck(name)).toMatchObject({ exitCode: 0 });
      }
    });
  });

  describe("logs", () => {
    it("gives both streams line by line, and a last line without an end", async () => {
      const rig = subject();
      const { name } = await rig.run({
        spec: { entrypoint: ["/bin/sh", "-c"], args: ["echo one; echo two >&2; echo; printf é-partial"] },
      });
      await rig.until(name, "exited");
      const lines = await collect(rig.engine.logs(name, { follow: false }));
      expect(lines.filter((line) => line.stream === "stdout").map((line) => line.text)).toEqual([
        "one",
        "",
        "é-partial",
      ]);
      expect(lines.filter((line) => line.stream === "stderr").map((line) => line.text)).toEqual(["two"]);
    });

    it("gives a long line whole", async () => {
      const rig = subject();
      const { output } = await rig.script("head -c 50000 /dev/zero | tr '\\0' x; echo; echo end");
      expect(output).toBe(`${"x".repeat(50_000)}\nend`);
    });

    it("begins with the last lines asked for", async () => {
      const rig = subject();
      const { name } = await rig.run({ spec: { entrypoint: ["/bin/sh", "-c"], args: ["seq 1 20"] } });
      await rig.until(name, "exited");
      const lines = await collect(rig.engine.logs(name, { follow: false, tail: 2 }));
      expect(lines.map((line) => line.text)).toEqual(["19", "20"]);
    });

    it("follows until the container ends", async () => {
      const rig = subject();
      const folder = join(rig.harness.directory, rig.name());
      await mkdir(folder);
      const { name } = await rig.run({
        spec: {
          entrypoint: ["/bin/sh", "-c"],
          args: ["echo first; until [ -e /data/go ]; do sleep 0.05; done; echo last"],
          mounts: [{ source: folder, target: "/data", readOnly: false, kind: "data" }],
        },
      });
      const texts: string[] = [];
      for await (const line of rig.engine.logs(name, { follow: true })) {
        texts.push(line.text);
        if (line.text === "first") await writeFile(join(folder, "go"), "");
      }
      expect(texts).toEqual(["first", "last"]);
    });

    it("stops following when its signal fires", async () => {
      const rig = subject();
      const { name } = await rig.run({
        spec: { entrypoint: ["/bin/sh", "-c"], args: ["echo first; exec sleep 1000"] },
      });
      const stop = new AbortController();
      const texts: string[] = [];
      for await (const line of rig.engine.logs(name, { follow: true }, stop.signal)) {
        texts.push(line.text);
        stop.abort();
      }
      expect(texts).toEqual(["first"]);
    });
  });

  describe("health command", () => {
    it("returns failure and output of the command", async () => {
      const rig = subject();
      const { name } = await rig.run({
        spec: { healthCommand: { command: ["/bin/sh", "-c", "echo said; exit 3"], timeout: 5_000 } },
      });
      const result = await rig.engine.healthcheck(name);
      expect(result.exitCode).not.toBe(0);
      expect(result.output.trim()).toBe("said");
    });

    it("fails a command that is not there", async () => {
      const rig = subject();
      const { name } = await rig.run({ spec: { healthCommand: { command: ["/bin/nowhere"], timeout: 5_000 } } });
      expect((await rig.engine.healthcheck(name)).exitCode).not.toBe(0);
    });

    it("runs in the container's own environment, as its user", async () => {
      const rig = subject();
      const { name } = await rig.run({
        spec: {
          user: "1000:1000",
          env: { GREETING: "hello" },
          healthCommand: { command: ["/bin/sh", "-c", 'echo "$GREETING $(id -u)"'], timeout: 5_000 },
        },
      });
      expect(await rig.engine.healthcheck(name)).toMatchObject({ exitCode: 0, output: "hello 1000" });
    });

    it("fails a command that outlasts its timeout", async () => {
      const rig = subject();
      const { name } = await rig.run({
        spec: { healthCommand: { command: ["/bin/sh", "-c", "sleep 987"], timeout: 1_000 } },
      });
      expect((await rig.engine.healthcheck(name)).exitCode).not.toBe(0);
      await expect.poll(async () => (await rig.engine.stats([name]))[0]?.pids, { timeout: 10_000 }).toBe(1);
    });

    it("ends a command when its signal fires", async () => {
      const rig = subject();
      const { name } = await rig.run({
        spec: { healthCommand: { command: ["/bin/sh", "-c", "sleep 987"], timeout: 60_000 } },
      });
      const reason = new Error("enough");
      const stop = new AbortController();
      const result = rig.engine.healthcheck(name, stop.signal);
      await expect.poll(async () => (await rig.engine.stats([name]))[0]?.pids, { timeout: 10_000 }).toBeGreaterThan(1);
      stop.abort(reason);
      await expect(result).rejects.toBe(reason);
      await expect.poll(async () => (await rig.engine.stats([name]))[0]?.pids, { timeout: 10_000 }).toBe(1);
    });
  });
}

const on = (name: string, ...aliases: readonly string[]): NetworkMode => ({
  mode: "bridge",
  networks: [{ name, aliases }],
});

const bridge = async (rig: Subject): Promise<NetworkMode> => on(await rig.network());
