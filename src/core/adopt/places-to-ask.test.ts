import { expect, test } from "vitest";
import { desiredContainer, foreignDetail } from "../../testkit/foreign-container.ts";
import { placesToAsk } from "./places-to-ask.ts";

test("both sides' sources are asked for, once each", () => {
  const mount = { source: "/data/web", target: "/db", readOnly: false, kind: "data" } as const;
  const { spec } = desiredContainer({ mounts: [mount] });
  const detail = foreignDetail(spec);
  const there = detail.mounts.map((found) => ({ ...found, source: "/srv//db/" }));
  expect(placesToAsk(spec, detail)).toEqual(["/data/web"]);
  expect(placesToAsk(spec, { ...detail, mounts: there })).toEqual(["/data/web", "/srv/db"]);
});
