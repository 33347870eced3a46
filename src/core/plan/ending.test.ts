import { expect, test } from "vitest";
import { made, planText, web } from "../../testkit/planned-node.ts";

test("a generation whose process has just ended is not kept, though its window is over", () => {
  const NEXT = "docker.io/library/nginx:1.29";
  const next = { catalogue: { web: web({ version: "2.0.0", container: { image: NEXT } }) } };
  const update = { ...next, accepted: { web: web() }, apps: { web: { version: "2.0.0" } } };
  const old = made({ catalogue: { web: web() } }, { summary: { state: "exited", pid: 0 } });
  const plan = (ending: boolean): string =>
    planText(update, [...old, ...made(next, { generation: 2, ending })], {}, { goodSince: 1 });
  expect(plan(false)).toContain("accept web");
  expect(plan(true)).toBe("nothing to do\n");
});
