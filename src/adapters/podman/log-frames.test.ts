import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogLine } from "../../ports/engine.ts";
import { logLines } from "./log-frames.ts";

function frame(stream: LogLine["stream"], text: string | Buffer): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream === "stdout" ? 1 : 2;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

async function decode(chunks: readonly Buffer[]): Promise<readonly LogLine[]> {
  const source = async function* (): AsyncGenerator<Buffer> {
    yield* chunks;
  };
  return Array.fromAsync(logLines(source()));
}

describe("log frames", () => {
  it("keep the two streams apart, and give a last line that has no end", async () => {
    const chunks = [frame("stdout", "one\ntw"), frame("stderr", "bad\n"), frame("stdout", "o\n\nthree")];
    expect(await decode(chunks)).toEqual([
      { stream: "stdout", text: "one" },
      { stream: "stderr", text: "bad" },
      { stream: "stdout", text: "two" },
      { stream: "stdout", text: "" },
      { stream: "stdout", text: "three" },
    ]);
  });

  it("join a character that two frames share", async () => {
    const [first, second] = [Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)];
    expect(await decode([frame("stdout", first), frame("stdout", second)])).toEqual([{ stream: "stdout", text: "é" }]);
  });

  it.each(["hi\n", "a container with a terminal\nhas no frames\n"])("may be missing: %j is stdout", async (text) => {
    const lines = text.split("\n").filter(Boolean);
    expect(await decode([Buffer.from(text)])).toEqual(lines.map((line) => ({ stream: "stdout", text: line })));
  });

  it("give what has come of a frame that breaks off", async () => {
    const whole = frame("stderr", "half of it");
    expect(await decode([whole.subarray(0, -3)])).toEqual([{ stream: "stderr", text: "half of" }]);
  });

  it("of many megabytes without an end come in pieces, soon", async () => {
    const piece = Buffer.alloc(65_536, "x");
    const header = Buffer.from([1, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]);
    const lines = await decode([header, ...Array.from({ length: 320 }, () => piece)]);
    expect(lines.map(({ text }) => text.length)).toEqual(Array.from({ length: 20 }, () => 1_048_576));
  });

  it("mean the same wherever the chunks are cut", async () => {
    const bytes = Buffer.concat([
      frame("stdout", "a é\n"),
      frame("stderr", ""),
      frame("stderr", "b\nc"),
      frame("stdout", "d"),
    ]);
    const whole = await decode([bytes]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(await decode(chunks)).toEqual(whole);
      }),
    );
  });
});
