/** Strings that must not be mixed up. Each is made in one place: a parser, an adapter, a hash. */
declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** An app's id: the name of its folder in the catalogue. */
export type AppId = Brand<"AppId">;
/** The engine's own id of a container: 64 hexadecimal digits. */
export type ContainerId = Brand<"ContainerId">;
/** Names a plan by what it was made from: the same desired and observed state give the same id. */
export type PlanId = Brand<"PlanId">;

export const appId = (text: string): AppId => text as AppId;
export const containerId = (text: string): ContainerId => text as ContainerId;
export const planId = (text: string): PlanId => text as PlanId;
