import { describe, expect, it } from "vitest";
import { wrongImports } from "./architecture.ts";

const messages = (file: string, source: string) => wrongImports(file, source).map(({ message }) => message);

describe("the arrows of the house", () => {
  it.each([
    [
      "src/engine/look.ts",
      `import { A } from "../adapters/podman/a.ts";`,
      "engine may not import src/adapters/podman/a.ts",
    ],
    ["src/engine/look.ts", `import type { A } from "../daemon/a.ts";`, "engine may not import src/daemon/a.ts"],
    ["src/adapters/probes/http.ts", `export * from "../../engine/a.ts";`, "adapters may not import src/engine/a.ts"],
    ["src/ports/clock.ts", `import type { A } from "../rpc/a.ts";`, "ports may not import src/rpc/a.ts"],
    ["src/cli/verbs/status.ts", `await import("../../daemon/a.ts");`, "cli may not import src/daemon/a.ts"],
    ["src/core/plan/plan.ts", `import { A } from "../../ports/clock.ts";`, "core may not import src/ports/clock.ts"],
    ["src/core/plan/plan.ts", `import fs from "node:fs";`, "core may not import node:fs"],
    ["src/core/plan/plan.ts", `export { A } from "hono";`, "core may not import hono"],
    ["src/rpc/client.ts", `import { A } from "../testkit/a.ts";`, "rpc may not import src/testkit/a.ts"],
    ["src/core/plan/plan.ts", `import { A } from "../../../test/a.ts";`, "core may not import test/a.ts"],
  ])("catches in %s the import %s", (file, source, message) => {
    expect(messages(file, source)).toEqual([message]);
  });

  it.each([
    [
      "src/engine/look.ts",
      `import { A } from "../core/a.ts"; import type { B } from "../ports/b.ts"; import "./c.ts";`,
    ],
    ["src/core/manifest/parse.ts", `import * as z from "zod"; import { parse } from "yaml"; import "liquidjs";`],
    ["src/core/spec/digest.ts", `import { createHash } from "node:crypto";`],
    ["src/cli/daemon-side.ts", `const { runDaemon } = await import("../daemon/run-daemon.ts");`],
    ["src/cli/main.ts", `import manifest from "../../package.json" with { type: "json" };`],
    ["src/engine/look.test.ts", `import { A } from "../testkit/a.ts"; import { it } from "vitest";`],
    ["src/core/plan/plan.ts", `// import fs from "node:fs"\nconst text = 'import "node:fs"';`],
    ["test/podman/a.test.ts", `import { A } from "../../src/daemon/a.ts";`],
  ])("lets pass in %s the import %s", (file, source) => {
    expect(messages(file, source)).toEqual([]);
  });

  it("names the line", () => {
    expect(wrongImports("src/core/a.ts", `const a = 1;\n\nimport "node:fs";`)[0]?.line).toBe(3);
  });

  it("asks for a rule where a new folder appears", () => {
    expect(messages("src/magic/a.ts", `import "./b.ts";`)).toEqual([
      "src/magic has no arrows yet: add it to scripts/check/architecture.ts",
    ]);
  });
});
