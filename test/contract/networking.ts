import { describe, expect, it } from "vitest";
import type { Subject } from "./subject.ts";

export function describeNetworking(subject: () => Subject): void {
  describe("networks", () => {
    it("makes an isolated bridge with DNS, once", async () => {
      const it = subject();
      const name = await it.network({ "archipelago.app": "lnd" });
      const find = async () => (await it.engine.networks()).find((network) => network.name === name);
      const made = await find();
      expect(made).toMatchObject({ name, dns: true, labels: { "archipelago.app": "lnd" } });
      expect(made?.options["isolate"]).toBe("true");
      expect(made?.bridge).not.toBe("");
      await it.engine.createNetwork({ name, app: null }, { "archipelago.app": "other" });
      expect(await find()).toEqual(made);
    });

    it("removes a network, twice if need be, and never one in use", async () => {
      const it = subject();
      const name = await it.network();
      const box = await it.create({ spec: { network: { mode: "bridge", networks: [{ name, aliases: [] }] } } });
      await expect(it.engine.removeNetwork(name)).rejects.toThrow(
        expect.objectContaining({ code: "ARC_ENGINE_CONFLICT" }),
      );
      await it.engine.remove(box.name, { force: true });
      await it.engine.removeNetwork(name);
      await it.engine.removeNetwork(name);
      expect((await it.engine.networks()).map((network) => network.name)).not.toContain(name);
    });

    it("shows a connect and a disconnect of a running container in the list, and takes both twice", async () => {
      const it = subject();
      const [own, joined] = [await it.network(), await it.network()];
      const { name } = await it.run({ spec: { network: { mode: "bridge", networks: [{ name: own, aliases: [] }] } } });
      expect((await it.row(name))?.networks).toEqual([own]);
      await it.engine.connect(name, { name: joined, aliases: ["guest"] });
      await it.engine.connect(name, { name: joined, aliases: ["guest"] });
      expect((await it.row(name))?.networks).toEqual([own, joined].toSorted());
      expect((await it.engine.inspect(name)).attachments[joined]?.aliases).toContain("guest");
      await it.engine.disconnect(name, joined);
      await it.engine.disconnect(name, joined);
      expect((await it.row(name))?.networks).toEqual([own]);
    });

    it("says not found where connect or disconnect names no network", async () => {
      const it = subject();
      const network = { mode: "bridge", networks: [{ name: await it.network(), aliases: [] }] } as const;
      const { name } = await it.run({ spec: { network } });
      const notFound = expect.objectContaining({ code: "ARC_ENGINE_NOT_FOUND" });
      await expect(it.engine.connect(name, { name: "never-made", aliases: [] })).rejects.toThrow(notFound);
      await expect(it.engine.disconnect(name, "never-made")).rejects.toThrow(notFound);
    });

    it("gives a running container an address", async () => {
      const it = subject();
      const network = await it.network();
      const { name } = await it.run({
        spec: { network: { mode: "bridge", networks: [{ name: network, aliases: [] }] } },
      });
      expect((await it.engine.inspect(name)).attachments[network]?.ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    });

    it("shows published ports in the list, one by one", async () => {
      const it = subject();
      const network = { mode: "bridge", networks: [{ name: await it.network(), aliases: [] }] } as const;
      const ports = [
        { container: 80, host: 18_200, protocol: "tcp", bind: "0.0.0.0" },
        { container: 81, host: 18_201, protocol: "tcp", bind: "0.0.0.0" },
      ] as const;
      const { name } = await it.create({ spec: { network, ports } });
      expect((await it.row(name))?.ports.toSorted((a, b) => a.host - b.host)).toEqual(ports);
    });

    it("refuses to start on a port that another container holds", async () => {
      const it = subject();
      const network = { mode: "bridge", networks: [{ name: await it.network(), aliases: [] }] } as const;
      const ports = [{ container: 80, host: 18_210, protocol: "tcp", bind: "0.0.0.0" }] as const;
      await it.run({ spec: { network, ports } });
      const second = await it.create({ spec: { network, ports } });
      await expect(it.engine.start(second.name)).rejects.toThrow(expect.objectContaining({ code: "ARC_ENGINE_PORT" }));
      expect(await it.state(second.name)).toBe("created");
    });
  });
}
