/** Brings what only the benchmarks need, outside of the sandbox: podman-compose, one of the competitors. */
import { spawnSync } from "node:child_process";

const INSTALL = "apt-get install -y --no-install-recommends podman-compose";

if (spawnSync("podman-compose", ["--help"], { stdio: "ignore" }).error) {
  console.log("bench: installing Debian's podman-compose");
  const install = `apt-get update && ${INSTALL}`;
  const { status } = spawnSync("sh", ["-c", install], {
    stdio: "ignore",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (status !== 0) console.log(`bench: that failed; going on without this competitor. To have it, type: ${INSTALL}`);
}
