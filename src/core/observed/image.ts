/** What an image says of the containers made from it, as far as a comparison reads it. */
export interface ObservedImage {
  readonly id: string;
  /** `name@sha256:...`, or the digest alone. */
  readonly digests: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly user: string;
  readonly workingDir: string;
  /** Targets that it declares as VOLUME. */
  readonly volumes: readonly string[];
}
