import type { PodmanHost } from "./host-facts.ts";

/**
 * A containers.conf with which Podman works on that host, and which says nothing that the host's own defaults say as
 * well. Pure.
 */
export function containersConf(host: PodmanHost): string {
  const runtime = chooseRuntime(host);
  const { nofile, nproc } = host.limits;
  return [
    "# Written by archipelago for the Podman service that it starts. Set CONTAINERS_CONF to use your own.",
    "[containers]",
    // The default asks for 1048576 of each, which fails every start where limits can't be raised.
    ...(host.mayRaiseLimits ? [] : [`default_ulimits = ["nofile=${nofile}:${nofile}", "nproc=${nproc}:${nproc}"]`]),
    // Logs of journald can't be read where there is no journal, and are slower to follow where there is.
    'log_driver = "k8s-file"',
    "[network]",
    'network_backend = "netavark"',
    "[engine]",
    ...(runtime === null ? [] : [`runtime = "${runtime}"`]),
    ...(host.systemd ? [] : ['cgroup_manager = "cgroupfs"']),
    'events_logger = "file"',
    "",
  ].join("\n");
}

/** crun can't start anything on hybrid cgroups, runc works everywhere. null: the engine's own choice is fine. */
function chooseRuntime(host: PodmanHost): string | null {
  if (!host.unifiedCgroups) return "runc";
  return host.runtimes.length === 1 ? (host.runtimes[0] ?? null) : null;
}
