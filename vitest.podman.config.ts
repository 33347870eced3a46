import { defineConfig } from "vitest/config";

/** Tests on a real Podman, run by `scripts/sandbox vitest run --no-isolate --config vitest.podman.config.ts`. */
export default defineConfig({
  test: {
    include: ["test/podman/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ["test/podman/global-setup.ts"],
  },
});
