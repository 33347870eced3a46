import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { ProcPortTable } from "./port-table.ts";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, state: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n`;

test("listeners are told from connections, in both families", async () => {
  using net = temporaryFolder();
  const any6 = "0".repeat(32);
  writeFileSync(join(net.path, "tcp"), HEAD + row("0100007F:1F90", "0A") + row("0100007F:C350", "01"));
  writeFileSync(join(net.path, "tcp6"), HEAD + row(`${any6}:2607`, "0A") + row(`${any6}:1F90`, "06"));
  writeFileSync(join(net.path, "udp"), HEAD + row("00000000:0035", "07") + row("00000000:D431", "01"));
  expect(await new ProcPortTable(net.path).listening()).toEqual(new Set(["tcp/8080", "tcp/9735", "udp/53"]));
});

test("a host without tables has no listeners", async () => {
  using net = temporaryFolder();
  expect(await new ProcPortTable(net.path).listening()).toEqual(new Set());
});

test("real sockets are found while they are open", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const bound = server.address();
  const tcp = typeof bound === "object" && bound !== null ? `tcp/${bound.port}` : "";
  const udp = `udp/${socket.address().port}`;
  const ports = await new ProcPortTable().listening();
  expect([ports.has(tcp), ports.has(udp)]).toEqual([true, true]);
  server.close();
  socket.close();
  await Promise.all([once(server, "close"), once(socket, "close")]);
  expect((await new ProcPortTable().listening()).has(tcp)).toBe(false);
});
