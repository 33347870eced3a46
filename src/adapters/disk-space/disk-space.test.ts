import { statfsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Clock } from "../../ports/clock.ts";
import { FakeClock } from "../../testkit/fake-clock.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { SystemClock } from "../clock/system-clock.ts";
import { HostDiskSpace, type FilesystemStats } from "./disk-space.ts";

const STATS: FilesystemStats = { frsize: 4096, blocks: 1000, bavail: 100 };
const DATA = { path: "/data", what: "data", free: 409_600, total: 4_096_000 };
const IMAGES = { ...DATA, path: "/images", what: "images" };

/** A disk that answers when a test lets it. */
function disk() {
  const asked: string[] = [];
  const answers: ((stats: FilesystemStats) => void)[] = [];
  const clock = new FakeClock();
  const space = new HostDiskSpace({
    data: "/data",
    images: () => null,
    clock,
    statfs: (path) => {
      asked.push(path);
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  const answer = (stats: FilesystemStats): void => answers.shift()?.(stats);
  return { asked, answer, clock, space };
}

describe("the disks of this machine", () => {
  test("are told in bytes that may be used, for data and images", async () => {
    using folder = temporaryFolder();
    const space = new HostDiskSpace({ data: folder.path, images: () => "/", clock: new SystemClock() });
    const [data, images, ...others] = await space.read();
    const { blocks, bsize } = statfsSync(folder.path);
    expect(data).toMatchObject({ path: folder.path, what: "data", total: blocks * bsize });
    expect(data?.free).toBeGreaterThan(0);
    expect(data?.free).toBeLessThanOrEqual(blocks * bsize);
    expect(images).toMatchObject({ path: "/", what: "images" });
    expect(others).toEqual([]);
  });

  test("are left out where they have no size", async () => {
    const space = new HostDiskSpace({ data: "/proc", images: () => null, clock: new SystemClock() });
    expect(await space.read()).toEqual([]);
  });

  test("are left out where they are not known or not there", async () => {
    using folder = temporaryFolder();
    const clock = new SystemClock();
    const gone = join(folder.path, "gone");
    expect(await new HostDiskSpace({ data: gone, images: () => null, clock }).read()).toEqual([]);
    expect(await new HostDiskSpace({ data: gone, images: () => folder.path, clock }).read()).toMatchObject([
      { what: "images" },
    ]);
  });
});

test("a place that becomes known, or moves, is asked from then on", async () => {
  const asked: string[] = [];
  let images: string | null = null;
  const space = new HostDiskSpace({
    data: "/data",
    images: () => images,
    clock: new FakeClock(),
    statfs: async (path) => {
      asked.push(path);
      return STATS;
    },
  });
  expect(await space.read()).toEqual([DATA]);
  images = "/images";
  expect(await space.read()).toEqual([DATA, IMAGES]);
  expect(asked).toEqual(["/data", "/images"]);
});

describe("a disk is asked", () => {
  test("once in two seconds, however often somebody looks", async () => {
    const { asked, answer, clock, space } = disk();
    const looks = Promise.all([space.read(), space.read()]);
    answer(STATS);
    expect(await looks).toEqual([[DATA], [DATA]]);
    await clock.advance(1999);
    expect(await space.read()).toEqual([DATA]);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    const look = space.read();
    answer({ ...STATS, bavail: 50 });
    expect(await look).toMatchObject([{ free: 204_800 }]);
    expect(asked).toHaveLength(2);
  });

  test("again where the clock was turned back", async () => {
    const fake = new FakeClock();
    let turned = 0;
    const clock: Clock = {
      now: () => fake.now() + turned,
      sleep: (ms, signal) => fake.sleep(ms, signal),
      timer: (ms, callback) => fake.timer(ms, callback),
    };
    let asked = 0;
    const statfs = async () => {
      asked += 1;
      return STATS;
    };
    const space = new HostDiskSpace({ data: "/data", images: () => null, clock, statfs });
    await space.read();
    turned = -1_000_000;
    await space.read();
    expect(asked).toBe(2);
  });

  test("not again while it does not answer, and nobody waits for it longer than half a second", async () => {
    const { asked, answer, clock, space } = disk();
    const first = space.read();
    answer(STATS);
    await first;
    await clock.advance(2000);
    const hanging = space.read();
    await clock.advance(500);
    // What it said earlier may be wrong by now.
    expect(await hanging).toEqual([]);
    await clock.advance(10_000);
    expect(await space.read()).toEqual([]);
    expect([asked.length, clock.waiting]).toEqual([2, 0]);
    answer(STATS);
    await clock.settle();
    const back = space.read();
    answer(STATS);
    expect(await back).toEqual([DATA]);
    expect(asked).toHaveLength(3);
  });
});
