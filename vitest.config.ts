import { defineConfig } from "vitest/config";

/** Unit tests and simulations. What starts containers has a configuration of its own and runs in the sandbox. */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
    // Properties live through many worlds; a busy machine takes its time.
    testTimeout: 60_000,
    exclude: ["test/podman/**", "test/e2e/**", "node_modules/**"],
  },
});
