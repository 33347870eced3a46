import { expect, test } from "vitest";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { AdoptionView } from "../../rpc/node-api.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { runCommand } from "../../testkit/scripted-io.ts";
import { servedNode } from "../../testkit/served-node.ts";
import { appStatus, planStep, planView } from "../../testkit/views.ts";

const EQUAL: AdoptionView = {
  app: "lnd",
  container: "main",
  name: "lnd",
  id: "c1",
  image: "docker.io/lnd:1.0",
  by: "both",
  verdict: "equal",
  sentence: "it can be taken over without a restart",
  diff: [],
};

const DIFFERENT: AdoptionView = {
  ...EQUAL,
  container: "ui",
  name: "old-ui",
  by: "image",
  verdict: "different",
  sentence: "it is made anew with --replace",
  diff: [{ path: "env.X", desired: "b", observed: "a", origin: "outside", impact: "recreate" }],
};

function nodeToAdopt(): ScriptedNodeApi {
  const api = new ScriptedNodeApi(appStatus("lnd"), appStatus("tor"));
  api.adoptions.push(EQUAL, DIFFERENT, { ...EQUAL, app: "tor", name: "tor", verdict: "other-program" });
  api.planned = planView({ steps: [planStep("lnd")] });
  return api;
}

test("adopt without an app lists what looks like one, with what differs", async () => {
  await using served = await servedNode(nodeToAdopt());
  const { code, stdout } = await runCommand(["adopt"], served);
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "CONTAINER  LOOKS LIKE  VERDICT        BY              IMAGE",
      "lnd        lnd         equal          name and image  docker.io/lnd:1.0",
      "old-ui     lnd/ui      different      image           docker.io/lnd:1.0",
      "tor        tor         other-program  name and image  docker.io/lnd:1.0",
      "lnd: it can be taken over without a restart",
      "old-ui: it is made anew with --replace",
      "    env.X: a -> b (outside)",
      "tor: it can be taken over without a restart",
      "",
    ].join("\n"),
  );
  const json = await runCommand(["adopt", "--json"], served);
  expect(JSON.parse(json.stdout)).toHaveLength(3);
});

test("adopt on a node with nothing foreign says so", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  expect(await runCommand(["adopt"], served)).toMatchObject({
    code: 0,
    stdout: "No container here looks like an app's without being ours.\n",
  });
});

test("adopt APP shows what differs and the plan, asks and follows its job", async () => {
  const api = nodeToAdopt();
  await using served = await servedNode(api);
  const done = await runCommand(["adopt", "lnd", "--replace", "--from", "old-ui"], {
    ...served,
    columns: 120,
    typed: "y",
  });
  expect(done.plain).toContain("    env.X: a -> b (outside)\nplan p1\n+ create lnd");
  expect(done.plain).toContain("The data stays where it is.");
  expect(done.plain).toMatch(/adopt lnd: done\. adopt is done\n {2}lnd 1\.0\.0 is ready\n$/);
  expect(done.code).toBe(0);
  expect(api.edits).toEqual([{ kind: "adopt", apps: ["lnd"], replace: true, from: ["old-ui"] }]);
});

test("with --json the document has the containers, too", async () => {
  await using served = await servedNode(nodeToAdopt());
  const { code, stdout } = await runCommand(["adopt", "lnd", "--yes", "--json"], served);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    containers: [EQUAL, DIFFERENT],
    changed: ["lnd"],
    job: { kind: "adopt", state: "done" },
  });
});

test("adopt without a terminal says the whole command", async () => {
  const api = nodeToAdopt();
  await using served = await servedNode(api);
  const { code, stderr } = await runCommand(["adopt", "lnd", "--replace", "--from", "a", "b"], served);
  expect(code).toBe(2);
  expect(stderr).toContain("archipelago adopt --replace --yes lnd --from a b\n");
  expect(api.edits).toEqual([]);
});

test("what the node refuses is refused, with what differs above it", async () => {
  const api = nodeToAdopt();
  api.edit = () => Promise.reject(new ArcError("ARC_ADOPT", "old-ui differs from its manifest."));
  await using served = await servedNode(api);
  const { code, stdout, stderr } = await runCommand(["adopt", "lnd", "--yes"], served);
  expect(code).toBe(1);
  expect(stdout).toContain("env.X: a -> b (outside)");
  expect(stderr).toContain("old-ui differs from its manifest.");
});
