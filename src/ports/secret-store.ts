import type { SecretGenerator } from "../core/manifest/manifest-schema.ts";

/** The secrets directory. One file a secret, mode 0600, in a directory of mode 0700. */
export interface SecretStore {
  /**
   * Every secret that is there, by file name: the exact bytes as text, less one trailing newline. Cheap when nothing
   * changed (a look calls it): files are read again only when their stat moved.
   */
  read(): Promise<ReadonlyMap<string, string>>;
  /**
   * Makes the secrets that are missing and have a generator, bases before what derives from them; what is there is
   * never changed. Returns the names it made. A derived one whose base is missing stays missing.
   */
  generate(generators: Readonly<Record<string, SecretGenerator>>): Promise<readonly string[]>;
  /** Files that the last read found and could not use: name -> why. Holds nothing of their content. */
  unusable(): ReadonlyMap<string, string>;
  /** The text without any value that was ever read here: for words that come from containers and engines. */
  redact(text: string): string;
  /** The key under which secrets become HMACs; made at first use, kept beside them. */
  nodeKey(): Promise<Uint8Array>;
}
