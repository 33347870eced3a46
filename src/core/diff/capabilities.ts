import type { Capabilities } from "../observed/observed.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { set, type EngineView, type FieldValues } from "./field.ts";

type Asked = Pick<ContainerSpec, "capAdd" | "capDrop" | "user">;

/** `DAC_OVERRIDE`, `CAP_DAC_OVERRIDE` -> `DAC_OVERRIDE` */
export const capability = (name: string): string => name.replace(/^CAP_/, "");

/** Root by any of its names; the group of a bare `0` is root's. */
export const isRoot = (user: string): boolean => /^(|0|root)(:(0|root))?$/.test(user);

/** What an engine with that standard set gives to a container that asks so; privileged ones apart. */
export function grantedCapabilities(asked: Asked, standard: readonly string[]): Capabilities {
  const added = asked.capAdd.map(capability);
  const dropped = new Set(asked.capDrop.map(capability));
  const kept = dropped.has("ALL") ? [] : standard.filter((name) => !dropped.has(name));
  const bounding = [...new Set([...kept, ...added])].toSorted();
  return { standard, bounding, effective: isRoot(asked.user ?? "") ? bounding : added.toSorted() };
}

/** How what was granted departs from what the spec would be granted, in the words of the spec's two lists. */
function departures({ detail }: EngineView, spec: ContainerSpec) {
  const { capabilities } = detail;
  const wanted = grantedCapabilities({ ...spec, user: detail.user }, capabilities.standard);
  const all = spec.privileged || detail.privileged || spec.capAdd.includes("ALL");
  const beyond = (a: readonly string[], b: readonly string[]): readonly string[] => a.filter((cap) => !b.includes(cap));
  return all
    ? { more: [], fewer: [] }
    : {
        more: [
          ...new Set([
            ...beyond(capabilities.bounding, wanted.bounding),
            ...beyond(capabilities.effective, wanted.effective),
          ]),
        ],
        fewer: [
          ...new Set([
            ...beyond(wanted.bounding, capabilities.bounding),
            ...beyond(wanted.effective, capabilities.effective),
          ]),
        ],
      };
}

/** Told as the spec's own list where both come to the same: the engine tells the outcome, not what was asked. */
export function addedCapabilities(view: EngineView, spec: ContainerSpec): FieldValues {
  const { more, fewer } = departures(view, spec);
  const dropped = spec.capDrop.map(capability);
  const undropped = dropped.includes("ALL") ? standardWholly(view) : dropped;
  return set([
    ...spec.capAdd.map(capability).filter((cap) => !fewer.includes(cap)),
    ...more.filter((cap) => !undropped.includes(cap)),
  ]);
}

export function droppedCapabilities(view: EngineView, spec: ContainerSpec): FieldValues {
  const { more, fewer } = departures(view, spec);
  const added = spec.capAdd.map(capability);
  const missed = standardWholly(view).length > 0 && more.length > 0;
  return set([
    ...spec.capDrop.map(capability).filter((cap) => (cap === "ALL" ? !missed : !more.includes(cap))),
    ...fewer.filter((cap) => !added.includes(cap)),
  ]);
}

/** The engine's whole standard set, if none of it was dropped: then ALL was not asked for. */
function standardWholly({ detail: { capabilities } }: EngineView): readonly string[] {
  const whole = capabilities.standard.every((cap) => capabilities.bounding.includes(cap));
  return whole ? capabilities.standard : [];
}

/** A folder of devices is told as the devices in it. */
export function readDevices({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  return set(
    detail.devices.map(({ source, target }) => {
      if (source !== target) return `${source} as ${target}`;
      return spec.devices.find((device) => source === device || source.startsWith(`${device}/`)) ?? source;
    }),
  );
}
