import type { ProbeManifest } from "../../core/manifest/health-schema.ts";
import type { HealthResult } from "../../ports/engine.ts";
import type { Prober, ProbeResult, ProbeTarget } from "../../ports/prober.ts";
import { judgeCommand } from "./command-probe.ts";
import { Deadline } from "./deadline.ts";
import { failureDetail } from "./detail.ts";
import { probeHttp } from "./http-probe.ts";
import { probeTcp } from "./tcp-probe.ts";

/** Runs the container's one health command now: the engine's `healthcheck`. */
export type RunHealthCommand = (name: string, signal: AbortSignal) => Promise<HealthResult>;

/** Asks containers from the host: http and tcp at their address, commands through the engine. */
export class HostProber implements Prober {
  readonly #runCommand: RunHealthCommand;

  constructor(runCommand: RunHealthCommand) {
    this.#runCommand = runCommand;
  }

  async probe(target: ProbeTarget, probe: ProbeManifest, signal: AbortSignal): Promise<ProbeResult> {
    using deadline = new Deadline(probe.timeout, signal);
    try {
      return await deadline.race(this.#ask(target, probe, deadline.signal));
    } catch (error) {
      if (deadline.passed) return fail(`no answer in ${probe.timeout / 1000} s`);
      return fail(signal.aborted ? "given up" : failureDetail(error));
    }
  }

  async #ask(target: ProbeTarget, probe: ProbeManifest, signal: AbortSignal): Promise<ProbeResult> {
    const { http, tcp, command, loading } = probe;
    if (command) return judgeCommand(await this.#runCommand(target.name, signal), loading);
    if (http) return target.address === null ? NO_ADDRESS : probeHttp(target.address, http, loading, signal);
    if (tcp) return target.address === null ? NO_ADDRESS : probeTcp(target.address, tcp.port, signal);
    return fail("the probe asks for nothing");
  }
}

const fail = (detail: string): ProbeResult => ({ outcome: "fail", detail });

const NO_ADDRESS = fail("the container has no address");
