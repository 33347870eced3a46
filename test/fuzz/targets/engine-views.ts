import { observeImage, observeImageRow } from "../../../src/adapters/podman/observe-image.ts";
import { observeInspect } from "../../../src/adapters/podman/observe-inspect.ts";
import { observeRow } from "../../../src/adapters/podman/observe-list.ts";
import { gatewayOf, observeNetwork } from "../../../src/adapters/podman/observe-network.ts";
import { observeStats } from "../../../src/adapters/podman/observe-stats.ts";
import type { ContainerSummary } from "../../../src/core/observed/observed.ts";
import { identify } from "../../../src/core/observed/own-container.ts";
import { mutateJson } from "../mutate-json.ts";
import { checkPlain, readJson } from "../plain-data.ts";
import { demand, target } from "../target.ts";

const STATES = ["created", "running", "paused", "stopping", "stopped", "exited", "removing", "unknown"];

/** What the engine answers to a list. */
export const list = target("list", mutateJson, (input) => {
  const json = readJson(input);
  if (!json) return;
  const row = observeRow(json.value);
  checkPlain(row);
  checkSummary(row);
});

/** What the engine answers to an inspect, and whose container it is. */
export const inspect = target("inspect", mutateJson, (input) => {
  const json = readJson(input);
  if (!json) return;
  const detail = observeInspect(json.value);
  checkPlain(detail);
  checkSummary(detail);
  const own = identify(detail);
  if (own) demand(Number.isSafeInteger(own.generation) && own.generation > 0, `generation ${own.generation}`);
});

/** What the engine answers to the other looks. */
export const looks = target("looks", mutateJson, (input) => {
  const json = readJson(input);
  if (!json) return;
  checkPlain([
    observeNetwork(json.value),
    gatewayOf(json.value),
    observeStats(json.value),
    observeImage(json.value),
    observeImageRow(json.value),
  ]);
});

function checkSummary({ state, ports, startedAt, createdAt, exitedAt }: ContainerSummary): void {
  demand(STATES.includes(state), `the state is ${String(state)}`);
  for (const at of [startedAt, createdAt, exitedAt])
    demand(!Number.isNaN(new Date(at).getTime()), `${at} is no moment`);
  demand(ports.length <= 131_072, `${ports.length} ports`);
  for (const { container, host } of ports) {
    for (const port of [container, host]) {
      demand(Number.isInteger(port) && port >= 0 && port <= 65_535, `${port} is no port`);
    }
  }
}
