import { describe, expect, test } from "vitest";
import { containerId } from "../core/ids.ts";
import { SimulatedProcessTable } from "../testkit/engine/processes.ts";
import { FakeClock } from "../testkit/fake-clock.ts";
import { Endings } from "./endings.ts";

const ID = containerId("a");

function machine() {
  const clock = new FakeClock();
  const processes = new SimulatedProcessTable();
  const pid = processes.spawn(ID);
  const endings = new Endings({ clock, processes });
  const look = (of = pid): boolean => endings.alive({ id: ID, pid: of });
  return { clock, processes, pid, endings, look };
}

describe("a container that runs for the engine", () => {
  test("is alive as long as its process is, and then nothing is open", () => {
    const { endings, look } = machine();
    expect(look()).toBe(true);
    expect(endings.settle(new Set([ID]))).toBeNull();
  });

  test("without process and monitor it is dead only when the engine has had the time to say otherwise", async () => {
    const { clock, processes, pid, endings, look } = machine();
    processes.exit(pid);
    expect(look()).toBe(true);
    expect(endings.settle(new Set([ID]))).toBe(500);
    await clock.advance(499);
    expect(look()).toBe(true);
    await clock.advance(1);
    expect(look()).toBe(false);
    expect(endings.settle(new Set([ID]))).toBeNull();
  });

  test("is ending while its monitor lives, and for a moment after", async () => {
    const { clock, processes, pid, look } = machine();
    processes.exit(pid);
    processes.watched.add(ID);
    for (let seconds = 0; seconds < 5; seconds += 1) {
      expect(look()).toBe(true);
      await clock.advance(1_000);
    }
    expect(look()).toBe(true);
    processes.watched.delete(ID);
    await clock.advance(400);
    expect(look()).toBe(true);
    await clock.advance(100);
    expect(look()).toBe(false);
  });

  test("is dead at last where its monitor never tells", async () => {
    const { clock, processes, pid, look } = machine();
    processes.exit(pid);
    processes.watched.add(ID);
    expect(look()).toBe(true);
    await clock.advance(9_000);
    expect(look()).toBe(true);
    await clock.advance(1_500);
    expect(look()).toBe(false);
  });

  test("begins anew with another process", async () => {
    const { clock, processes, pid, look } = machine();
    processes.exit(pid);
    look();
    await clock.advance(600);
    expect(look()).toBe(false);
    expect(look(pid + 1)).toBe(true);
  });
});

test("a container that is gone is forgotten", () => {
  const { processes, pid, endings, look } = machine();
  processes.exit(pid);
  look();
  expect(endings.settle(new Set())).toBeNull();
});
