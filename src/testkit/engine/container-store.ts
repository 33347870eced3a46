import { ArcError } from "../../core/errors/arc-error.ts";
import type { ContainerSummary } from "../../core/observed/observed.ts";
import type { ContainerRecord } from "./container-record.ts";
import { summaryOf } from "./container-views.ts";

/** All containers, by id and by name. */
export class ContainerStore {
  readonly #byId = new Map<string, ContainerRecord>();
  readonly #byName = new Map<string, ContainerRecord>();
  /** Names that a half-done create left in the storage: not listed, yet taken, until a forced removal. */
  readonly #ghosts = new Set<string>();
  #list: readonly ContainerSummary[] | null = null;

  all(): IterableIterator<ContainerRecord> {
    return this.#byId.values();
  }

  find(ref: string): ContainerRecord | undefined {
    return this.#byName.get(ref) ?? this.#byId.get(ref);
  }

  /** ARC_ENGINE_NOT_FOUND, in Podman's words. */
  get(ref: string): ContainerRecord {
    const record = this.find(ref);
    if (record) return record;
    throw new ArcError("ARC_ENGINE_NOT_FOUND", `no container with name or ID "${ref}" found: no such container`);
  }

  /** The same array as before where nothing changed. */
  list(): readonly ContainerSummary[] {
    this.#list ??= Array.from(this.#byId.values(), summaryOf);
    return this.#list;
  }

  /** ARC_ENGINE_CONFLICT for a taken name. */
  claim(name: string): void {
    if (!this.#byName.has(name) && !this.#ghosts.has(name)) return;
    throw new ArcError("ARC_ENGINE_CONFLICT", `the container name "${name}" is already in use: name is already in use`);
  }

  add(record: ContainerRecord): void {
    this.#byId.set(record.id, record);
    this.#byName.set(record.name, record);
    this.#list = null;
  }

  delete(record: ContainerRecord): void {
    this.#byId.delete(record.id);
    this.#byName.delete(record.name);
    this.#list = null;
  }

  rename(record: ContainerRecord, name: string): void {
    this.claim(name);
    this.#byName.delete(record.name);
    record.name = name;
    this.#byName.set(name, record);
    this.touch(record);
  }

  /** The record changed: what was said of it is stale. */
  touch(record: ContainerRecord): void {
    record.summary = null;
    this.#list = null;
  }

  haunt(name: string): void {
    this.#ghosts.add(name);
  }

  exorcise(name: string): boolean {
    return this.#ghosts.delete(name);
  }
}
