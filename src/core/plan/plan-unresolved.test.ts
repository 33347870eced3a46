import { describe, expect, test } from "vitest";
import type { OwnOptions } from "../../testkit/own-container.ts";
import { made, planText, web } from "../../testkit/planned-node.ts";
import type { ResolvedOptions } from "../../testkit/resolved-node.ts";

describe("an app that lacks something on this node keeps what runs running:", () => {
  const SECRET = {
    image: "docker.io/library/nginx:1.28",
    secret_env: [{ key: "TOKEN", secret_file: "web-token" }],
  };
  const before: ResolvedOptions = { catalogue: { web: web({ container: SECRET }) }, secrets: { "web-token": "x" } };
  const lacking: ResolvedOptions = { catalogue: { web: web({ container: SECRET }) } };

  test.each<[string, OwnOptions, string]>([
    ["killed", { summary: { state: "exited", exitCode: 137 } }, "+ start web"],
    ["ended by itself, with 0", { summary: { state: "exited", exitCode: 0 } }, "+ start web"],
    ["created, as a reboot leaves it", { summary: { state: "created", startedAt: 0 } }, "+ start web"],
    ["paused", { summary: { state: "paused" } }, "+ unpause web"],
    ["running for the engine, its process gone", { alive: false }, ""],
    ["running", {}, ""],
  ])("%s", (_case, options, step) => {
    const text = planText(lacking, made(before, options));
    expect(text).toContain('web needs the secret "web-token"');
    expect(text.split("  ")[0]).toBe(step || "nothing to do\nheld:\n");
  });

  test("a one-shot that is done stays done, and what starts after it comes after it", () => {
    const SETUP = { ...SECRET, one_shot: true };
    const several = {
      catalogue: {
        web: web({
          container: undefined,
          containers: { setup: SETUP, main: { image: "docker.io/library/nginx:1.28", start_after: ["setup"] } },
        }),
      },
    };
    const [setup, main] = made(
      { ...several, secrets: { "web-token": "x" } },
      { summary: { state: "exited", exitCode: 0 } },
    );
    if (!setup || !main) throw new Error("two containers");
    expect(planText(several, [setup, main])).toMatch(/^\+ start web {2}/);
    expect(planText(several, [setup, main])).not.toContain("start web/setup");
  });
});
