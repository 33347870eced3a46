import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonLines } from "./ndjson.ts";

async function read(chunks: readonly Buffer[]): Promise<readonly unknown[]> {
  const source = async function* (): AsyncGenerator<Buffer> {
    yield* chunks;
  };
  return Array.fromAsync(jsonLines(source()));
}

describe("JSON lines", () => {
  it("come out whole wherever the chunks are cut, the last one without an end too", async () => {
    const values = [{ stream: "é\n" }, { error: "no" }, 3];
    const bytes = Buffer.from(values.map((value) => JSON.stringify(value)).join("\n"));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        expect(await read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual(values);
      }),
    );
  });

  it("pass over a line that has no end, without holding it", async () => {
    const endless = Array.from({ length: 400 }, () => Buffer.alloc(65_536, "1"));
    expect(await read([...endless, Buffer.from('\n{"a":1}')])).toEqual([{ a: 1 }]);
  });

  it("pass over what is no JSON", async () => {
    expect(await read([Buffer.from('oops\n\n{"a":1}\r\n')])).toEqual([{ a: 1 }]);
  });
});
