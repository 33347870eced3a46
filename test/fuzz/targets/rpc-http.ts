import { rawRequest } from "../../../src/testkit/raw-request.ts";
import { ScriptedNodeApi } from "../../../src/testkit/scripted-node-api.ts";
import { servedNode } from "../../../src/testkit/served-node.ts";
import { appStatus } from "../../../src/testkit/views.ts";
import { mutateJson } from "../mutate-json.ts";
import { demand, type Target } from "../target.ts";
import { checkAnswer } from "./rpc.ts";

/** Headers that a client may lie with; the input's first byte chooses. */
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { "transfer-encoding": "chunked" },
  { "content-type": "application/json; charset=utf-16" },
  { "content-type": "text/plain" },
  { "content-type": "application/jsonp" },
  { "content-encoding": "gzip" },
  { expect: "100-continue" },
];

/** A body over the daemon's unix socket, through the real server. */
export const rpcHttp: Target = {
  name: "rpc-http",
  make: (random, corpus, most) => {
    const choice = Buffer.from([random.integer(0, 16)]);
    return Buffer.concat([
      choice,
      mutateJson(
        random,
        corpus.map((seed) => seed.subarray(1)),
        most - 1,
      ),
    ]);
  },
  async open() {
    const api = new ScriptedNodeApi(appStatus("lnd"), appStatus("bitcoin"));
    const served = await servedNode(api);
    return {
      async check(input) {
        const body = input.subarray(1);
        const headers = { "content-type": "application/json", ...HEADERS[input[0] ?? 0] };
        const answer = await rawRequest({ socketPath: served.socketPath, method: "POST", path: "/rpc", headers, body });
        if (served.errors.length > 0) throw served.errors[0];
        demand([200, 204, 413, 415].includes(answer.status), `HTTP ${answer.status}`);
        const said: unknown = answer.status === 204 ? null : JSON.parse(answer.text);
        if (answer.status === 200) checkAnswer(said, body.length);
        for (const list of [api.edits, api.applied, api.actors]) list.splice(0);
        api.work.all.clear();
      },
      [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
    };
  },
};
