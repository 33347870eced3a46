import { expect, it, vi } from "vitest";
import { createRequest } from "../../src/testkit/builders.ts";
import { BUSYBOX } from "./images.ts";
import { podmanEngine } from "./podman-harness.ts";

it.each(["0.0.0.0", "127.0.0.1"])("a port published on %s answers there", async (bind) => {
  using engine = podmanEngine();
  const name = `published-${bind.replaceAll(".", "-")}`;
  await engine.createNetwork({ name, app: null }, {});
  const id = await engine.create(
    createRequest(name, {
      image: BUSYBOX,
      entrypoint: ["/bin/sh", "-c"],
      args: ["echo hello > /tmp/index.html; exec httpd -f -p 80 -h /tmp"],
      network: { mode: "bridge", networks: [{ name, aliases: [] }] },
      ports: [{ container: 80, host: 18_300, protocol: "tcp", bind }],
    }),
  );
  try {
    await engine.start(id);
    const answer = await vi.waitFor(
      async () => (await fetch("http://127.0.0.1:18300/index.html", { signal: AbortSignal.timeout(1_000) })).text(),
      { timeout: 5_000, interval: 50 },
    );
    expect(answer).toBe("hello\n");
  } finally {
    await engine.remove(id, { force: true });
    await engine.removeNetwork(name);
  }
});
