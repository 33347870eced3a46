import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";
import { LABEL } from "../../core/spec/labels.ts";
import type { ObservedNetwork } from "../../core/observed/observed.ts";

const run = promisify(execFile);

/** A locally administered unicast address that is always the same for a network's name. */
export function bridgeAddress(network: string): string {
  const bytes = createHash("sha256").update(network).digest().subarray(0, 5);
  return ["0a", ...(bytes.toString("hex").match(/../g) ?? [])].join(":");
}

/** netavark before Podman 5 gives a bridge another address with each container that joins or leaves. */
export const needsPin = (version: string): boolean => /^[0-4]\./.test(version);

/** ms. The kernel's network lock may be held by others for a while. */
const DEADLINE = 30_000;

/**
 * Gives every bridge of ours that is up its own fixed address: an address that was set is never changed again by the
 * kernel, so neighbours keep the gateway and DNS. To be called after a container joined: a bridge is there only while a
 * container is on it. With arp_notify the change is announced, which mends what a first neighbour already learned.
 * Costs nothing where all is right: interface addresses are read without a process. Else one process for all bridges.
 */
export async function pinBridges(networks: readonly ObservedNetwork[]): Promise<void> {
  const interfaces = networkInterfaces();
  const commands: string[] = [];
  for (const { name, bridge, labels } of networks) {
    if (bridge === "" || !(LABEL.owner in labels)) continue;
    const wanted = bridgeAddress(name);
    const present = interfaces[bridge]?.[0];
    if (!present || present.mac === wanted) continue;
    await writeFile(`/proc/sys/net/ipv4/conf/${bridge}/arp_notify`, "1").catch(() => undefined);
    commands.push(`link set dev ${bridge} address ${wanted}\n`);
  }
  if (commands.length === 0) return;
  // With -force a bridge that has just gone does not keep the others from theirs.
  const ip = run("ip", ["-force", "-batch", "-"], { timeout: DEADLINE });
  ip.child.stdin?.on("error", () => undefined).end(commands.join(""));
  await ip;
}
