import { describe, expect, it } from "vitest";
import type { Subject } from "./subject.ts";

export function describeNetworking(subject: () => Subject): void {
  describe("networks", () => {
    it("makes an isolated bridge with DNS, once", async () => {
      const rig = subject();
      const name = await rig.network({ "archipelago.app": "lnd" });
      const find = async () => (await rig.engine.networks()).find((network) => network.name === name);
      const made = await find();
      expect(made).toMatchObject({ name, dns: true, labels: { "archipelago.app": "lnd" } });
      expect(made?.options["isolate"]).toBe("true");
      expect(made?.bridge).not.toBe("");
      await rig.engine.createNetwork({ name, app: null }, { "archipelago.app": "other" });
      expect(await find()).toEqual(made);
    });

    it("removes a network, twice if need be, and never one in use", async () => {
      const rig = subject();
      const name = await rig.network();
      const box = await rig.create({ spec: { network: { mode: "bridge", networks: [{ name, aliases: [] }] } } });
      await expect(rig.engine.removeNetwork(name)).rejects.toThrow(
        expect.objectContaining({ code: "ARC_ENGINE_CONFLICT" }),
      );
      await rig.engine.remove(box.name, { force: true });
      await rig.engine.removeNetwork(name);
      await rig.engine.removeNetwork(name);
      expect((await rig.engine.networks()).map((network) => network.name)).not.toContain(name);
    });

    it("shows a connect and a disconnect of a running container in the list, and takes both twice", async () => {
      const rig = subject();
      const [own, joined] = [await rig.network(), await rig.network()];
      const { name } = await rig.run({ spec: { network: { mode: "bridge", networks: [{ name: own, aliases: [] }] } } });
      expect((await rig.row(name))?.networks).toEqual([own]);
      await rig.engine.connect(name, { name: joined, aliases: ["guest"] });
      await rig.engine.connect(name, { name: joined, aliases: ["guest"] });
      expect((await rig.row(name))?.networks).toEqual([own, joined].toSorted());
      expect((await rig.engine.inspect(name)).attachments[joined]?.aliases).toContain("guest");
      await rig.engine.disconnect(name, joined);
      await rig.engine.disconnect(name, joined);
      expect((await rig.row(name))?.networks).toEqual([own]);
    });

    it("says not found where connect or disconnect names no network", async () => {
      const rig = subject();
      const network = { mode: "bridge", networks: [{ name: await rig.network(), aliases: [] }] } as const;
      const { name } = await rig.run({ spec: { network } });
      const notFound = expect.objectContaining({ code: "ARC_ENGINE_NOT_FOUND" });
      await expect(rig.engine.connect(name, { name: "never-made", aliases: [] })).rejects.toThrow(notFound);
      await expect(rig.engine.disconnect(name, "never-made")).rejects.toThrow(notFound);
    });

    it("gives a running container an address", async () => {
      const rig = subject();
      const network = await rig.network();
      const { name } = await rig.run({
        spec: { network: { mode: "bridge", networks: [{ name: network, aliases: [] }] } },
      });
      expect((await rig.engine.inspect(name)).attachments[network]?.ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    });

    it("shows published ports in the list, one by one", async () => {
      const rig = subject();
      const network = { mode: "bridge", networks: [{ name: await rig.network(), aliases: [] }] } as const;
      const ports = [
        { container: 80, host: 18_200, protocol: "tcp", bind: "0.0.0.0" },
        { container: 81, host: 18_201, protocol: "tcp", bind: "0.0.0.0" },
      ] as const;
      const { name } = await rig.create({ spec: { network, ports } });
      expect((await rig.row(name))?.ports.toSorted((a, b) => a.host - b.host)).toEqual(ports);
    });

    it("refuses to start on a port that another container holds", async () => {
      const rig = subject();
      const network = { mode: "bridge", networks: [{ name: await rig.network(), aliases: [] }] } as const;
      const ports = [{ container: 80, host: 18_210, protocol: "tcp", bind: "0.0.0.0" }] as const;
      await rig.run({ spec: { network, ports } });
      const second = await rig.create({ spec: { network, ports } });
      await expect(rig.engine.start(second.name)).rejects.toThrow(expect.objectContaining({ code: "ARC_ENGINE_PORT" }));
      expect(await rig.state(second.name)).toBe("created");
    });
  });
}
