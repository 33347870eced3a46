import { expect, test } from "vitest";
import { EMPTY_RECORD, type AppRecord } from "../record/app-record.ts";
import { commitRecord } from "../rollout/commit-record.ts";
import { trialOf } from "../rollout/rollout.ts";
import { desiredOf, made, planText, web } from "../../testkit/planned-node.ts";

const IMAGE = "docker.io/library/nginx:1.28";
const NEXT = "docker.io/library/nginx:1.29";
const app = (version: string, image: string): string =>
  web({ version, container: { image, ports: [{ container: 80, host: 8080 }] } });

const good = { catalogue: { web: app("1.0.0", IMAGE) } };
const failed = {
  catalogue: { web: app("2.0.0", NEXT) },
  accepted: good.catalogue,
  apps: { web: { version: "2.0.0" } },
};
const record: AppRecord = {
  ...commitRecord(EMPTY_RECORD, { version: "1.0.0", containers: desiredOf(good) }, { at: 0, downtime: null }),
  quarantine: { version: "2.0.0", containers: trialOf(desiredOf(failed)), reason: "r", at: 50_000, failed: [] },
};

/** The failed one has ended then, and the earlier one is to come back; it is 100_000. */
function goingBack(state: "stopped" | "exited", exitedAt: number): string {
  const own = [
    ...made(good, { summary: { state: "exited", pid: 0 } }),
    ...made(failed, { generation: 2, summary: { state, exitCode: 1, pid: 0, exitedAt } }),
  ];
  const memory = { stopped: new Set(["web.g1"]) };
  return planText({ ...failed, records: { web: record } }, own, { images: new Set([IMAGE, NEXT]) }, memory);
}

test("a port is given on only when the engine has cleaned up behind the container that had it", () => {
  expect(goingBack("stopped", 99_800)).toMatchInlineSnapshot(`
    "+ start web  restart  wanted running again
        waits: the engine has still to clean up behind web.g2, which had the same port
    held:
        web  the engine has still to clean up behind web.g2, which had the same port
    "
  `);
  expect(goingBack("exited", 99_800)).toBe("+ start web  restart  wanted running again\n");
});

test("a clean-up that never comes is not waited for", () => {
  expect(goingBack("stopped", 90_000)).toBe("+ start web  restart  wanted running again\n");
});
