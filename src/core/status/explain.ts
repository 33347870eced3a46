import type { DiffEntry } from "../diff/diff.ts";
import type { AppOutlook } from "../plan/plan-node.ts";
import type { AppStatus, RolloutStatus } from "./status.ts";

/** What an app is doing, since when, what it waits for and when it tries next, in sentences. */
export function explainApp(status: AppStatus, outlook: AppOutlook, busy: boolean): readonly string[] {
  const sentences = [
    `${status.name} is ${status.state} since ${new Date(status.since).toISOString()}: ${status.reason}.`,
  ];
  if (busy) sentences.push("Its steps are being done now.");
  for (const step of outlook.steps) {
    const what = `${step.action.op}${step.container === null ? "" : ` ${step.container}`}`;
    sentences.push(step.waits === null ? `Next: ${what}, because ${step.reason}.` : `Later: ${what}; ${step.waits}.`);
  }
  for (const hold of outlook.holds) {
    const then = hold.kind === "window" ? "Until" : "It tries again at";
    const when = hold.until === undefined ? "" : ` ${then} ${new Date(hold.until).toISOString()}.`;
    sentences.push(`On hold: ${hold.reason}.${when}`);
  }
  if (status.rollout !== null) sentences.push(...rolloutSentences(status.rollout));
  if (status.available !== null)
    sentences.push(`Version ${status.available} is available; it waits, since updates are manual.`);
  for (const notice of status.notices) sentences.push(`Notice: ${notice}`);
  if (outlook.steps.length === 0 && outlook.holds.length === 0 && outlook.rollout === null)
    sentences.push("Nothing differs from what is wanted.");
  return sentences;
}

function rolloutSentences({ state, from, to, reason }: RolloutStatus): readonly string[] {
  const what = from === to ? `another generation of version ${to}` : `version ${to} in place of ${from}`;
  switch (state) {
    case "fetching":
      return [`It is to become ${what}; ${from} runs on until everything is at hand: ${reason}.`];
    case "switching":
      return [`It is becoming ${what}: ${reason}.`];
    case "proving":
      return [`It has become ${what} and has to prove itself: ${reason}.`];
    case "rolled-back":
    case "stuck":
      return [`It was to become ${what}: ${reason}.`];
  }
}

/** Every difference that the steps put right, each once. */
export function driftOf(outlook: AppOutlook): readonly DiffEntry[] {
  const seen = new Map<string, DiffEntry>();
  for (const step of outlook.steps)
    for (const entry of step.diff) seen.set(`${step.container ?? ""} ${entry.path}`, entry);
  return [...seen.values()];
}
