import { describe, expect, it } from "vitest";
import { followProgress } from "./progress.ts";

const answer = async function* (...values: readonly object[]): AsyncGenerator<Buffer> {
  for (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`);
};

describe("progress of a pull or build", () => {
  it("is told line by line", async () => {
    const told: string[] = [];
    await followProgress(
      "build",
      answer({ stream: "STEP 1\nSTEP 2\n" }, { stream: "\n" }, { stream: "done" }),
      ({ line }) => told.push(line),
    );
    expect(told).toEqual(["STEP 1", "STEP 2", "done"]);
  });

  it("fails a pull with the registry's words", async () => {
    await expect(followProgress("pull", answer({ stream: "Trying" }, { error: "connection refused" }))).rejects.toThrow(
      expect.objectContaining({ code: "ARC_REGISTRY_REFUSED", message: "connection refused" }),
    );
  });

  it("fails a build whose base can't be fetched as a pull", async () => {
    const error = "creating build container: reading manifest 1 in registry.example/app: manifest unknown\n";
    const lines = [{ stream: "STEP 1/2: FROM registry.example/app:1\n" }, { errorDetail: { message: error }, error }];
    await expect(followProgress("build", answer(...lines))).rejects.toThrow(
      expect.objectContaining({ code: "ARC_IMAGE_NOT_FOUND", message: error.trim() }),
    );
  });

  it("fails a build with its last lines", async () => {
    const lines = Array.from({ length: 100 }, (_, index) => ({ stream: `line ${index}\n` }));
    const failure = followProgress("build", answer(...lines, { error: "exit status 1" }));
    await expect(failure).rejects.toThrow(expect.objectContaining({ code: "ARC_IMAGE_BUILD" }));
    await expect(followProgress("build", answer(...lines, { error: "exit status 1" }))).rejects.toThrow(
      /^line 80\n[^]*line 99\nexit status 1$/,
    );
  });
});
