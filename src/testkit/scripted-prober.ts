import type { ProbeManifest } from "../core/manifest/health-schema.ts";
import type { ProbeResult, Prober, ProbeTarget } from "../ports/prober.ts";
import type { SimulatedEngine } from "./simulated-engine.ts";

/** What a container answers: always the same, or what a function says. */
export type ProbeAnswer = ProbeResult | ((probe: ProbeManifest) => ProbeResult);

const PASS: ProbeResult = { outcome: "pass", detail: "answers" };
const REFUSED: ProbeResult = { outcome: "fail", detail: "connection refused" };

/**
 * Probes simulated containers. Unless scripted, http and tcp pass where the container's process really lives and has
 * had the time that its image needs; a command is the engine's health check, as it is on Podman.
 */
export class ScriptedProber implements Prober {
  readonly #engine: SimulatedEngine;
  readonly #answers = new Map<string, ProbeAnswer>();
  /** Names of the containers that were probed, in order. */
  readonly probed: string[] = [];

  constructor(engine: SimulatedEngine) {
    this.#engine = engine;
  }

  /** What the container of that name answers from now on; null: what is natural. */
  answer(name: string, answer: ProbeAnswer | null): void {
    if (answer) this.#answers.set(name, answer);
    else this.#answers.delete(name);
  }

  async probe(target: ProbeTarget, probe: ProbeManifest, signal: AbortSignal): Promise<ProbeResult> {
    this.probed.push(target.name);
    const answer = this.#answers.get(target.name);
    if (answer) return typeof answer === "function" ? answer(probe) : answer;
    if (probe.command) return this.#command(target.name, signal);
    return this.#engine.isReady(target.name) ? PASS : REFUSED;
  }

  async #command(name: string, signal: AbortSignal): Promise<ProbeResult> {
    try {
      const { exitCode, output } = await this.#engine.client.healthcheck(name, signal);
      const detail = `exit ${exitCode}: ${output}`.slice(0, 300);
      return exitCode === 0 ? { outcome: "pass", detail } : { outcome: "fail", detail };
    } catch (error) {
      return { outcome: "fail", detail: error instanceof Error ? error.message.slice(0, 300) : "no answer" };
    }
  }
}
