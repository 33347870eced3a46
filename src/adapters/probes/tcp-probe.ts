import { connect } from "node:net";
import type { ProbeResult } from "../../ports/prober.ts";

/** Passes when the port accepts a connection; nothing is sent. Rejects with the system's error, or when the signal fires. */
export function probeTcp(address: string, port: number, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal });
    socket.on("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve({ outcome: "pass", detail: "connection accepted" });
    });
  });
}
