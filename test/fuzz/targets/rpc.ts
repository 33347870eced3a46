import { ERRORS } from "../../../src/core/errors/codes.ts";
import { dispatch } from "../../../src/rpc/dispatch.ts";
import { ScriptedNodeApi } from "../../../src/testkit/scripted-node-api.ts";
import { appStatus } from "../../../src/testkit/views.ts";
import { mutateJson } from "../mutate-json.ts";
import { demand, target } from "../target.ts";

/** A JSON-RPC body of whoever reaches the socket. */
export const rpc = target("rpc", mutateJson, async (input) => {
  const api = new ScriptedNodeApi(appStatus("lnd"), appStatus("bitcoin"));
  const unexpected: unknown[] = [];
  const onError = (error: unknown): void => void unexpected.push(error);
  const answer = await dispatch(api, input.toString("utf8"), { actor: "cli", timeLimit: 5_000, onError });
  if (unexpected.length > 0) throw unexpected[0];
  checkAnswer(answer, input.length);
});

/** What may come back: answers to requests, with codes of ours, and nothing that makes much of little. */
export function checkAnswer(answer: unknown, asked: number): void {
  if (answer === null) return;
  const text = JSON.stringify(answer);
  demand(text.length < 200_000 + 20 * asked, `${asked} bytes were answered with ${text.length}`);
  for (const response of Array.isArray(answer) ? answer : [answer]) {
    demand(response.jsonrpc === "2.0" && "id" in response, "no answer of JSON-RPC");
    if ("result" in response) continue;
    const { code, message, data } = response.error;
    demand(Number.isSafeInteger(code) && typeof message === "string", "an error without number and words");
    demand(Object.hasOwn(ERRORS, data.code) && data.code !== "ARC_INTERNAL", `the code is ${data.code}`);
  }
}
