import type { ObservedImage } from "../observed/image.ts";
import type { ContainerDetail } from "../observed/observed.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { Impact } from "./diff.ts";

/** Sub-path -> text for people; the sub-path "" stands for the field itself. Absent: not set. */
export type FieldValues = Readonly<Record<string, string>>;

/** A secret's HMAC under the node's key, as `sealSecret` makes it for a spec. */
export type SealSecret = (secret: string, value: string) => string;

/**
 * A container as the engine tells it, and what it takes to read that as a spec would say it. Whatever is not known here
 * (null, not in the map) is no difference where the spec leaves it open.
 */
export interface EngineView {
  readonly detail: ContainerDetail;
  /** The image that the container was made from. */
  readonly image: ObservedImage | null;
  /** The image that the spec's reference names on this machine. */
  readonly wantedImage: ObservedImage | null;
  readonly seal: SealSecret | null;
  /**
   * Paths of the host, without a slash at the end, -> where they lead once links are followed; null: nothing is there.
   * A path that is not in it is taken at its word.
   */
  readonly places: ReadonlyMap<string, string | null>;
}

/** One row of the table of fields: everything the project knows of a field of a container. */
export type Field = FieldOfSpec & (ToldField | UntoldField);

interface FieldOfSpec {
  readonly name: string;
  /** What it costs to put a difference right. */
  readonly impact: Impact;
  /** From a spec. Secrets show as their HMAC. */
  readonly fromSpec: (spec: ContainerSpec) => FieldValues;
}

interface ToldField {
  /**
   * From the engine, in the spec's own words where both come to the same: images and engines add things of their own
   * (PATH, HOSTNAME), which are no difference. No value of the environment that the spec does not hold in plain.
   */
  readonly fromEngine: (view: EngineView, spec: ContainerSpec) => FieldValues;
  /** Where a difference of one sub-path costs something else than the field's. */
  readonly engineImpact?: (key: string, view: EngineView, spec: ContainerSpec) => Impact;
}

interface UntoldField {
  readonly fromEngine?: never;
  /** Why no engine can tell it, or need not. */
  readonly untold: string;
}

export const one = (value: string | number | boolean | undefined): FieldValues =>
  value === undefined || value === "" || value === false ? {} : { "": String(value) };

export const list = (values: readonly string[] | undefined): FieldValues =>
  values === undefined || values.length === 0 ? {} : { "": JSON.stringify(values) };

export const set = (values: readonly string[]): FieldValues =>
  Object.fromEntries(values.map((value) => [value, "yes"]));

export const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);
