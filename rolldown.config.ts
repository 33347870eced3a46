import { defineConfig } from "rolldown";

/**
 * One entry, split at each dynamic import: what `--version` needs stays a few kilobytes. Dependencies are bundled too,
 * so that a start reads a handful of files instead of hundreds.
 */
export default defineConfig({
  input: { "cli/main": "src/cli/main.ts" },
  platform: "node",
  // As its own author's file would: a wrong import fails the build instead of the first run.
  logLevel: "warn",
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    sourcemap: true,
  },
});
