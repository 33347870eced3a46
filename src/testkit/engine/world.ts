import type { Clock } from "../../ports/clock.ts";
import { ContainerStore } from "./container-store.ts";
import { EventLog } from "./event-log.ts";
import { HostPorts } from "./host-ports.ts";
import { SimulatedImages } from "./images.ts";
import { podmanLies, type EngineLies } from "./lies.ts";
import { SimulatedNetworks } from "./networks.ts";
import { SimulatedProcessTable } from "./processes.ts";

/** The state of one simulated machine with its engine. */
export interface World {
  readonly clock: Clock;
  readonly lies: EngineLies;
  readonly containers: ContainerStore;
  readonly networks: SimulatedNetworks;
  readonly images: SimulatedImages;
  readonly ports: HostPorts;
  readonly processes: SimulatedProcessTable;
  readonly events: EventLog;
  /** Whether a host path can be mounted; a start fails where it can't. */
  readonly mountable: (path: string) => boolean;
  /** Called with a container's id when its monitor has told of its end, as an exit file does. */
  onEnd: (id: string) => void;
}

export function emptyWorld(clock: Clock, mountable: (path: string) => boolean): World {
  const lies = podmanLies();
  return {
    clock,
    lies,
    containers: new ContainerStore(),
    networks: new SimulatedNetworks(),
    images: new SimulatedImages(clock),
    ports: new HostPorts(),
    processes: new SimulatedProcessTable(),
    events: new EventLog(clock, lies),
    mountable,
    onEnd: () => undefined,
  };
}
