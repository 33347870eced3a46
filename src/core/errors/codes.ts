/** How a code shows at the edges: the process's exit status and the JSON-RPC error number. */
interface ErrorDefinition {
  /** One sentence, without the particulars of a case. */
  readonly sentence: string;
  /** What a person can do next. */
  readonly next: string;
  readonly exit: 1 | 2 | 3;
  readonly rpc: number;
}

/** Every error the project knows. docs/errors.md is generated from this table. */
export const ERRORS = {
  ARC_USAGE: {
    sentence: "The command was not understood.",
    next: "Run the verb with --help.",
    exit: 2,
    rpc: -32602,
  },
  ARC_MANIFEST_INVALID: {
    sentence: "A manifest does not say a valid app.",
    next: "Mend the lines named; `archipelago validate FILE` checks again.",
    exit: 1,
    rpc: -32010,
  },
  ARC_CATALOGUE_INVALID: {
    sentence: "Manifests that are each valid do not fit together.",
    next: "Mend the apps named; `archipelago validate` checks the whole catalogue.",
    exit: 1,
    rpc: -32011,
  },
  ARC_NODE_INVALID: {
    sentence: "node.yml does not say a valid desired state.",
    next: "Mend the lines named; the daemon keeps the last valid state meanwhile.",
    exit: 1,
    rpc: -32012,
  },
  ARC_APP_UNKNOWN: {
    sentence: "No app of that name is in the catalogue or on this node.",
    next: "`archipelago status` lists the apps there are.",
    exit: 1,
    rpc: -32020,
  },
  ARC_APP_REQUIRED: {
    sentence: "Other apps require this one.",
    next: "Uninstall or stop those first.",
    exit: 1,
    rpc: -32021,
  },
  ARC_UNRESOLVED: {
    sentence: "A manifest could not be resolved on this node.",
    next: "Give the setting, app or consent that is named.",
    exit: 1,
    rpc: -32022,
  },
  ARC_SECRET_MISSING: {
    sentence: "A secret is missing and nothing generates it.",
    next: "Put the value into the named file, mode 0600.",
    exit: 1,
    rpc: -32023,
  },
  ARC_TEMPLATE: {
    sentence: "A template could not be rendered.",
    next: "Mend the template at the position named.",
    exit: 1,
    rpc: -32024,
  },
  ARC_PORT_TAKEN: {
    sentence: "A host port is wanted twice or held by another program.",
    next: "Move one of the two: `ports` of the app in node.yml overrides a host port.",
    exit: 1,
    rpc: -32025,
  },
  ARC_JOB_UNKNOWN: {
    sentence: "There is no job of that id.",
    next: "`archipelago jobs` lists those there are.",
    exit: 1,
    rpc: -32026,
  },
  ARC_JOB_FIXED: {
    sentence: "The job can't be cancelled any more.",
    next: "What it did can be taken back by another request, such as uninstall.",
    exit: 1,
    rpc: -32027,
  },
  ARC_ADOPT: {
    sentence: "The containers can't be taken over like this.",
    next: "`archipelago adopt` lists what could be, and what differs.",
    exit: 1,
    rpc: -32028,
  },
  ARC_TRASH: {
    sentence: "The trash does not hold that, or its place is taken.",
    next: "`archipelago trash` lists what is there; a folder in data/ that is in the way has to be moved first.",
    exit: 1,
    rpc: -32029,
  },
  ARC_PLAN_STALE: {
    sentence: "The world has moved on since that plan was made.",
    next: "Look at the plan again and apply the new one.",
    exit: 1,
    rpc: -32030,
  },
  ARC_DAEMON_UNREACHABLE: {
    sentence: "No daemon answers for this home.",
    next: "Start one: `archipelago up`.",
    exit: 1,
    rpc: -32040,
  },
  ARC_DAEMON_RUNNING: {
    sentence: "Another daemon already runs on this home.",
    next: "Stop that one first, or name another --home.",
    exit: 1,
    rpc: -32041,
  },
  ARC_NOT_ROOT: {
    sentence: "The daemon needs root.",
    next: "Run it as root, for example with sudo.",
    exit: 1,
    rpc: -32042,
  },
  ARC_LISTEN: {
    sentence: "The address cannot be listened on.",
    next: "Name a loopback address with a free port, such as 127.0.0.1:7700.",
    exit: 1,
    rpc: -32043,
  },
  ARC_UNAUTHORIZED: {
    sentence: "The request carries no valid token.",
    next: "Use the unix socket, or send the token from run/token as a bearer token.",
    exit: 1,
    rpc: -32044,
  },
  ARC_TIMEOUT: {
    sentence: "It was not done in the time given.",
    next: "`archipelago explain APP` tells what it waits for; work goes on in the daemon.",
    exit: 1,
    rpc: -32045,
  },
  ARC_HOME: {
    sentence: "The home directory can't be used.",
    next: "Check that the path exists, is writable and belongs to you.",
    exit: 1,
    rpc: -32046,
  },
  ARC_ENGINE_UNAVAILABLE: {
    sentence: "Podman does not answer.",
    next: "`archipelago doctor` looks for the cause; the daemon keeps trying.",
    exit: 1,
    rpc: -32050,
  },
  ARC_ENGINE_TIMEOUT: {
    sentence: "Podman did not finish in time.",
    next: "It is tried again; `archipelago doctor` looks for the cause.",
    exit: 1,
    rpc: -32051,
  },
  ARC_ENGINE_NOT_FOUND: {
    sentence: "The engine has no such object.",
    next: "It is looked at again by itself.",
    exit: 1,
    rpc: -32052,
  },
  ARC_ENGINE_CONFLICT: {
    sentence: "The engine refused because of another object's name or state.",
    next: "It is looked at again by itself.",
    exit: 1,
    rpc: -32053,
  },
  ARC_ENGINE_IMAGE_MISSING: {
    sentence: "The image is not on this machine.",
    next: "It is pulled or built again by itself.",
    exit: 1,
    rpc: -32054,
  },
  ARC_ENGINE_PORT: {
    sentence: "A port could not be bound.",
    next: "Find who holds it. After a failed start Podman itself may keep it until its service is restarted.",
    exit: 1,
    rpc: -32055,
  },
  ARC_ENGINE_RUNTIME: {
    sentence: "The container could not be started.",
    next: "The engine's own words say why; `archipelago doctor` knows the usual causes.",
    exit: 1,
    rpc: -32056,
  },
  ARC_ENGINE_REFUSED: {
    sentence: "The engine refused the request.",
    next: "The engine's own words say why.",
    exit: 1,
    rpc: -32057,
  },
  ARC_IMAGE_PULL: {
    sentence: "An image could not be pulled.",
    next: "The registry's own words say why; it is tried again with growing pauses.",
    exit: 1,
    rpc: -32058,
  },
  ARC_IMAGE_NOT_FOUND: {
    sentence: "The registry has no such image.",
    next: "Mend the image's name, tag or digest; trying the same again does not help.",
    exit: 1,
    rpc: -32070,
  },
  ARC_IMAGE_DENIED: {
    sentence: "The registry does not give this image without a login; some say so of images they do not have.",
    next: "Check the name, or log in as the daemon's user with `podman login`.",
    exit: 1,
    rpc: -32071,
  },
  ARC_IMAGE_DIGEST: {
    sentence: "What the registry sent is not what the digest promises.",
    next: "Do not trust that registry or mirror; check the digest with whoever publishes the image.",
    exit: 1,
    rpc: -32072,
  },
  ARC_REGISTRY_LIMITED: {
    sentence: "The registry limits how often it is asked, and the limit is reached.",
    next: "It is tried again when the registry allows; `podman login` raises the limit of many registries.",
    exit: 1,
    rpc: -32073,
  },
  ARC_REGISTRY_DNS: {
    sentence: "The registry's address could not be looked up.",
    next: "Check the image's name and this machine's network and DNS; it is tried again with growing pauses.",
    exit: 1,
    rpc: -32074,
  },
  ARC_REGISTRY_REFUSED: {
    sentence: "The registry can't be reached, or breaks the connection off.",
    next: "Check this machine's network and whether the registry is up; it is tried again with growing pauses.",
    exit: 1,
    rpc: -32075,
  },
  ARC_REGISTRY_TLS: {
    sentence: "The registry could not prove who it is.",
    next: "Check this machine's clock and certificates; a registry without TLS has to be named in registries.conf.",
    exit: 1,
    rpc: -32076,
  },
  ARC_REGISTRY_SILENT: {
    sentence: "The registry has said nothing for too long.",
    next: "Check this machine's network; it is tried again with growing pauses.",
    exit: 1,
    rpc: -32077,
  },
  ARC_DISK_FULL: {
    sentence: "The disk is full.",
    next: "Make room where Podman keeps its images, such as with `podman image prune`; it is tried again by itself.",
    exit: 1,
    rpc: -32078,
  },
  ARC_IMAGE_BUILD: {
    sentence: "An image could not be built.",
    next: "The build's last lines say why; mend the Containerfile or its context.",
    exit: 1,
    rpc: -32059,
  },
  ARC_NEEDS_PERSON: {
    sentence: "Nothing the daemon may do helps any more.",
    next: "Do what the reason says; the daemon looks again by itself.",
    exit: 1,
    rpc: -32060,
  },
  ARC_INTERNAL: {
    sentence: "Something unexpected went wrong.",
    next: "Please report it with the daemon's log.",
    exit: 1,
    rpc: -32603,
  },
} as const satisfies Record<`ARC_${string}`, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;
