import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ContainerSpec } from "../../src/core/spec/container-spec.ts";
import type { Subject } from "./subject.ts";

const AWKWARD = "a $b ${c} `d` \"e\" 'f' \\n\n%s %% \t é =";

export function describeRoundTrip(subject: () => Subject): void {
  describe("what was asked for", () => {
    it("keeps labels in the list, and 8 kB of annotation in the inspect alone", async () => {
      const rig = subject();
      const annotation = JSON.stringify({ text: "x".repeat(8_192), awkward: AWKWARD });
      const { name } = await rig.create({
        labels: { "archipelago.app": "lnd", "org.example.text": AWKWARD },
        annotations: { "archipelago.last-applied": annotation },
      });
      expect((await rig.row(name))?.labels).toMatchObject({ "archipelago.app": "lnd", "org.example.text": AWKWARD });
      expect((await rig.engine.inspect(name)).annotations["archipelago.last-applied"]).toBe(annotation);
    });

    it("keeps values of the environment byte for byte, secret ones too", async () => {
      const rig = subject();
      const { name } = await rig.create({
        spec: { env: { PLAIN: AWKWARD, EMPTY: "" } },
        secretEnv: { SECRET: AWKWARD },
      });
      expect((await rig.engine.inspect(name)).env).toMatchObject({ PLAIN: AWKWARD, EMPTY: "", SECRET: AWKWARD });
    });

    it("keeps entrypoint and arguments as they were, spaces and all", async () => {
      const rig = subject();
      const entrypoint = ["/bin/sh", "-c", "exec sleep 1000"];
      const { name } = await rig.create({ spec: { entrypoint, args: ["one two", "$three", '"four"'], init: true } });
      const detail = await rig.engine.inspect(name);
      expect(detail.entrypoint).toEqual(entrypoint);
      expect(detail.command).toEqual(["one two", "$three", '"four"']);
    });

    it("gives back every field of a full spec", async () => {
      const rig = subject();
      const [one, two] = [await rig.network(), await rig.network()];
      const folder = join(rig.harness.directory, rig.name());
      await mkdir(folder);
      await writeFile(join(folder, "file.conf"), "content\n");
      const spec: Partial<ContainerSpec> = {
        entrypoint: ["/bin/sleep"],
        args: ["1000"],
        env: { A: "1" },
        user: "1000:1000",
        hostname: "box",
        init: true,
        mounts: [
          { source: folder, target: "/data", readOnly: false, kind: "data" },
          { source: folder, target: "/shared", readOnly: true, kind: "shared" },
        ],
        tmpfs: [{ target: "/scratch", options: ["size=16m", "mode=1777"] }],
        network: {
          mode: "bridge",
          networks: [
            { name: one, aliases: ["box", "box-again"] },
            { name: two, aliases: ["other"] },
          ],
        },
        ports: [
          { container: 80, host: 18_080, protocol: "tcp", bind: "127.0.0.1" },
          { container: 81, host: 18_081, protocol: "tcp", bind: "127.0.0.1" },
          { container: 53, host: 18_053, protocol: "udp", bind: "0.0.0.0" },
        ],
        extraHosts: [{ host: "gateway.internal", ip: "10.9.8.7" }],
        devices: ["/dev/null"],
        capDrop: ["ALL"],
        capAdd: ["CHOWN", "NET_ADMIN"],
        readOnly: true,
        shmSize: 16 * 1024 * 1024,
        ulimits: { nofile: { soft: 512, hard: 1024 } },
        sysctls: { "net.core.somaxconn": "512" },
        labels: { "org.example.team": "lightning" },
        resources: { memory: 64 * 1024 * 1024, cpus: 1.5, pids: 99 },
        stop: { signal: "SIGUSR1", grace: 7_000 },
        healthCommand: { command: ["/bin/true"], timeout: 5_000 },
      };
      const { id, name } = await rig.create({
        spec,
        labels: { "archipelago.owner": "contract", "org.example.team": "lightning" },
        files: [{ source: join(folder, "file.conf"), target: "/etc/file.conf" }],
      });

      const detail = await rig.engine.inspect(name);
      expect(detail).toMatchObject({
        id,
        name,
        image: rig.harness.image,
        state: "created",
        entrypoint: ["/bin/sleep"],
        command: ["1000"],
        env: { A: "1" },
        user: "1000:1000",
        hostname: "box",
        labels: { "archipelago.owner": "contract", "org.example.team": "lightning" },
        networkMode: "bridge",
        init: true,
        extraHosts: [{ host: "gateway.internal", ip: "10.9.8.7" }],
        devices: [{ source: "/dev/null", target: "/dev/null" }],
        capabilities: { bounding: ["CHOWN", "NET_ADMIN"], effective: ["CHOWN", "NET_ADMIN"] },
        privileged: false,
        readOnly: true,
        noNewPrivileges: true,
        shmSize: 16 * 1024 * 1024,
        ulimits: { nofile: { soft: 512, hard: 1024 } },
        sysctls: null,
        health: { test: ["CMD", "/bin/true"], timeout: 5_000 },
        extras: {},
        restartPolicy: "no",
        resources: { memory: 64 * 1024 * 1024, cpus: 1.5, pids: 99 },
        stop: { signal: "SIGUSR1", grace: 7_000 },
        oomKilled: false,
        error: "",
      });
      expect(detail.mounts.toSorted((a, b) => a.target.localeCompare(b.target))).toEqual([
        { source: folder, target: "/data", readOnly: false, kind: "bind", name: "" },
        { source: join(folder, "file.conf"), target: "/etc/file.conf", readOnly: true, kind: "bind", name: "" },
        { source: folder, target: "/shared", readOnly: true, kind: "bind", name: "" },
      ]);
      expect(Object.keys(detail.tmpfs)).toEqual(expect.arrayContaining(["/run", "/scratch", "/tmp"]));
      expect(detail.networks).toEqual([one, two].toSorted());
      expect(detail.attachments[one]?.aliases).toEqual(["box", "box-again"]);
      expect(detail.attachments[two]?.aliases).toEqual(["other"]);
      expect(sortedPorts(detail.ports)).toEqual(sortedPorts(spec.ports ?? []));
    });

    it("shows in the inspect what the list shows", async () => {
      const rig = subject();
      const network = { mode: "bridge", networks: [{ name: await rig.network(), aliases: ["x"] }] } as const;
      const ports = [{ container: 80, host: 18_090, protocol: "tcp", bind: "0.0.0.0" }] as const;
      const { name } = await rig.run({ spec: { network, ports } });
      // Times apart: the list may know whole seconds only.
      const row = await rig.row(name);
      const { createdAt, startedAt, ...detail } = await rig.engine.inspect(name);
      expect({ ...row, ...detail, createdAt: 0, startedAt: 0 }).toMatchObject({ ...row, createdAt: 0, startedAt: 0 });
      expect(Math.abs(createdAt - (row?.createdAt ?? 0))).toBeLessThan(1_000);
      expect(Math.abs(startedAt - (row?.startedAt ?? 0))).toBeLessThan(1_000);
    });

    it("says privileged, host network and the image's own command", async () => {
      const rig = subject();
      const { name } = await rig.create({ spec: { privileged: true, network: { mode: "host" } } });
      const detail = await rig.engine.inspect(name);
      expect(detail).toMatchObject({ privileged: true, networkMode: "host", networks: [], ports: [] });
      expect([...detail.entrypoint, ...detail.command].length).toBeGreaterThan(0);
    });

    it("says none where there is no network", async () => {
      const rig = subject();
      const { name } = await rig.create({ spec: { network: { mode: "none" } } });
      expect(await rig.engine.inspect(name)).toMatchObject({ networkMode: "none", networks: [], attachments: {} });
    });
  });
}

function sortedPorts(ports: ContainerSpec["ports"]): ContainerSpec["ports"] {
  return ports.toSorted((a, b) => a.host - b.host);
}
