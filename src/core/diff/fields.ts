import { addedCapabilities, capability, droppedCapabilities, readDevices } from "./capabilities.ts";
import { list, one, set, type Field } from "./field.ts";
import { readEnv, secretText } from "./read-env.ts";
import { limitsOf, limitTexts, readResources, readShmSize, readStop, readSysctls, readUlimits } from "./read-limits.ts";
import { mountImpact, mountText, readFiles, readMounts, readTmpfs, tmpfsText } from "./read-mounts.ts";
import { joinedText, publish, readExtraHosts, readNetworkMode, readNetworks } from "./read-network.ts";
import {
  readArgs,
  readEntrypoint,
  readHealth,
  readHostname,
  readImage,
  readUser,
  readWorkingDir,
} from "./read-program.ts";

/**
 * The one table of fields. desired against last-applied reads `fromSpec` twice; an engine's container that carries no
 * last-applied is read by `fromEngine`. The last rows are of what no manifest can ask for: there desired is the same for
 * all.
 */
export const FIELDS: readonly Field[] = [
  { name: "image", impact: "recreate", fromSpec: (s) => one(s.image), fromEngine: readImage },
  {
    name: "build",
    impact: "recreate",
    fromSpec: (s) =>
      s.build
        ? {
            context: s.build.digest.slice(0, 12),
            containerfile: s.build.containerfile,
            ...Object.fromEntries(Object.entries(s.build.args).map(([key, value]) => [`args.${key}`, value])),
          }
        : {},
    untold: "no image tells what it was built from; the tag that we give to a build is made of all of it",
  },
  { name: "entrypoint", impact: "recreate", fromSpec: (s) => list(s.entrypoint), fromEngine: readEntrypoint },
  { name: "args", impact: "recreate", fromSpec: (s) => list(s.args), fromEngine: readArgs },
  {
    name: "env",
    impact: "recreate",
    fromSpec: (s) => ({
      ...s.env,
      ...Object.fromEntries(Object.entries(s.secretEnv).map(([key, ref]) => [key, secretText(ref)])),
    }),
    fromEngine: readEnv,
  },
  { name: "user", impact: "recreate", fromSpec: (s) => one(s.user), fromEngine: readUser },
  {
    name: "data_uid",
    impact: "recreate",
    fromSpec: (s) => one(s.dataUid),
    untold: "it is the owner of folders, and no part of the container",
  },
  { name: "hostname", impact: "recreate", fromSpec: (s) => one(s.hostname), fromEngine: readHostname },
  { name: "init", impact: "recreate", fromSpec: (s) => one(s.init), fromEngine: ({ detail }) => one(detail.init) },
  {
    name: "volumes",
    impact: "data-risk",
    fromSpec: (s) => Object.fromEntries(s.mounts.map((m) => [m.target, mountText(m)])),
    fromEngine: readMounts,
    engineImpact: mountImpact,
  },
  {
    name: "tmpfs",
    impact: "recreate",
    fromSpec: (s) => Object.fromEntries(s.tmpfs.map((t) => [t.target, tmpfsText(t.options)])),
    fromEngine: readTmpfs,
  },
  {
    name: "files",
    impact: "recreate",
    // A file that is followed by a signal changes under the running container; file-drift.ts compares its content.
    fromSpec: (s) =>
      Object.fromEntries(
        s.files.map((f) => [f.target, `${f.mode} ${f.onChange === "restart" ? f.digest.slice(0, 19) : "live"}`]),
      ),
    fromEngine: readFiles,
  },
  { name: "network", impact: "recreate", fromSpec: (s) => one(s.network.mode), fromEngine: readNetworkMode },
  {
    name: "networks",
    impact: "recreate",
    fromSpec: (s) =>
      s.network.mode === "bridge"
        ? Object.fromEntries(s.network.networks.map((n) => [n.name, joinedText(n.aliases)]))
        : {},
    fromEngine: readNetworks,
  },
  {
    name: "ports",
    impact: "recreate",
    fromSpec: (s) => publish(s.ports),
    fromEngine: ({ detail }) => publish(detail.ports),
  },
  {
    name: "extra_hosts",
    impact: "recreate",
    fromSpec: (s) => Object.fromEntries(s.extraHosts.map((h) => [h.host, h.ip])),
    fromEngine: readExtraHosts,
  },
  { name: "devices", impact: "recreate", fromSpec: (s) => set(s.devices), fromEngine: readDevices },
  {
    name: "cap_add",
    impact: "recreate",
    fromSpec: (s) => set(s.capAdd.map(capability)),
    fromEngine: addedCapabilities,
  },
  {
    name: "cap_drop",
    impact: "recreate",
    fromSpec: (s) => set(s.capDrop.map(capability)),
    fromEngine: droppedCapabilities,
  },
  {
    name: "privileged",
    impact: "recreate",
    fromSpec: (s) => one(s.privileged),
    fromEngine: ({ detail }) => one(detail.privileged),
  },
  {
    name: "read_only",
    impact: "recreate",
    fromSpec: (s) => one(s.readOnly),
    fromEngine: ({ detail }) => one(detail.readOnly),
  },
  {
    name: "no_new_privileges",
    impact: "recreate",
    fromSpec: (s) => one(s.noNewPrivileges),
    fromEngine: ({ detail }) => one(detail.noNewPrivileges),
  },
  { name: "shm_size", impact: "recreate", fromSpec: (s) => one(s.shmSize), fromEngine: readShmSize },
  { name: "ulimits", impact: "recreate", fromSpec: (s) => limitTexts(s.ulimits), fromEngine: readUlimits },
  { name: "sysctls", impact: "recreate", fromSpec: (s) => s.sysctls, fromEngine: readSysctls },
  {
    name: "labels",
    impact: "recreate",
    fromSpec: (s) => s.labels,
    fromEngine: ({ detail }, s) => Object.fromEntries(Object.entries(detail.labels).filter(([key]) => key in s.labels)),
  },
  { name: "resources", impact: "recreate", fromSpec: limitsOf, fromEngine: readResources },
  {
    name: "stop",
    impact: "recreate",
    fromSpec: (s) => ({ signal: s.stop.signal, grace: `${s.stop.grace} ms` }),
    fromEngine: readStop,
  },
  {
    name: "health",
    impact: "recreate",
    fromSpec: (s) =>
      s.healthCommand
        ? { command: JSON.stringify(s.healthCommand.command), timeout: `${s.healthCommand.timeout} ms` }
        : {},
    fromEngine: readHealth,
  },
  { name: "working_dir", impact: "recreate", fromSpec: () => ({}), fromEngine: readWorkingDir },
  {
    name: "restart_policy",
    impact: "recreate",
    fromSpec: () => one("no"),
    fromEngine: ({ detail: { restartPolicy } }) =>
      one(restartPolicy === "no" ? "no" : `${restartPolicy}: the engine would restart it beside us`),
  },
  { name: "engine", impact: "recreate", fromSpec: () => ({}), fromEngine: ({ detail }) => detail.extras },
];
