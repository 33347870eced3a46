import type { Manifest } from "../manifest.ts";
import type { ProvidedField, Requirement } from "../manifest-schema.ts";

/** Who could serve what, over a whole catalogue. */
export class CatalogueIndex {
  readonly apps: ReadonlyMap<string, Manifest>;
  readonly #byInterface = new Map<string, Manifest[]>();

  constructor(manifests: readonly Manifest[]) {
    this.apps = new Map(manifests.map((manifest) => [manifest.id, manifest]));
    for (const manifest of manifests) {
      for (const name of Object.keys(manifest.provides)) {
        const known = this.#byInterface.get(name);
        if (known) known.push(manifest);
        else this.#byInterface.set(name, [manifest]);
      }
    }
  }

  interfaces(): readonly string[] {
    return [...this.#byInterface.keys()];
  }

  /** The apps that could serve a requirement. An app that provides what it requires means another one's. */
  providers(manifest: Manifest, requirement: Requirement): readonly Manifest[] {
    if (requirement.app !== undefined) {
      const app = this.apps.get(requirement.app);
      return app ? [app] : [];
    }
    const providers = this.#byInterface.get(requirement.interface ?? "") ?? [];
    return providers.filter(({ id }) => id !== manifest.id);
  }
}

/** A field as some app provides it, over all its interfaces: that is what those who require it can read. */
export function providedField(manifest: Manifest, field: string): ProvidedField | undefined {
  for (const fields of Object.values(manifest.provides)) {
    if (Object.hasOwn(fields, field)) return fields[field];
  }
  return undefined;
}

/** The names of all fields that some apps provide. */
export function fieldNames(manifests: readonly Manifest[]): readonly string[] {
  return manifests.flatMap(({ provides }) => Object.values(provides).flatMap((fields) => Object.keys(fields)));
}
