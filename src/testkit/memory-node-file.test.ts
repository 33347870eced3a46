import { expect, it } from "vitest";
import { nodeText } from "./builders.ts";
import { MemoryNodeFile } from "./memory-node-file.ts";

const refused = expect.objectContaining({ code: "ARC_NODE_INVALID" });

it("is the empty desired state when it is empty", async () => {
  expect(await new MemoryNodeFile().read()).toMatchObject({ valid: true, config: { apps: {} } });
});

it("keeps comments through an edit, and its state while nothing changes", async () => {
  const file = new MemoryNodeFile(`# mine\n${nodeText({ lnd: {} })}`);
  const before = await file.read();
  await file.edit([{ path: ["apps", "lnd", "state"], value: "running" }]);
  const after = await file.read();
  expect(file.text).toMatch(/^# mine\n/);
  expect(after).not.toBe(before);
  await file.edit([{ path: ["apps", "lnd", "state"], value: "running" }]);
  expect(await file.read()).toBe(after);
});

it("goes on with the last valid state while it is broken, and refuses to be edited then", async () => {
  const file = new MemoryNodeFile(nodeText({ lnd: { state: "stopped" } }));
  file.write("apps: { lnd: { state: asleep } }");
  expect(await file.read()).toMatchObject({
    valid: false,
    problems: [{ code: "ARC_NODE_INVALID", at: { file: "node.yml", line: 1 } }],
    last: { apps: { lnd: { state: "stopped" } } },
  });
  await expect(file.edit([{ path: ["apps", "lnd", "state"], value: "running" }])).rejects.toThrow(refused);
});

it("refuses an edit with an outcome that is not valid, and keeps its text", async () => {
  const file = new MemoryNodeFile(nodeText({ lnd: {} }));
  const before = file.text;
  await expect(file.edit([{ path: ["apps", "lnd", "state"], value: "asleep" }])).rejects.toThrow(refused);
  expect(file.text).toBe(before);
});
