/** What the benchmarks need and the sandbox can't give: the daemon as it is shipped, and podman-compose to compete with. */
import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";

const INSTALL = "apt-get install -y --no-install-recommends podman-compose";

execFileSync("npm", ["run", "--silent", "build"], { cwd: path.dirname(import.meta.dirname), stdio: "pipe" });

if (spawnSync("podman-compose", ["--help"], { stdio: "ignore" }).error) {
  console.log("bench: installing Debian's podman-compose");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync("sh", ["-c", `apt-get update && ${INSTALL}`], { stdio: "ignore", env });
  if (status !== 0) console.log(`bench: that failed; going on without this competitor. To have it, type: ${INSTALL}`);
}
