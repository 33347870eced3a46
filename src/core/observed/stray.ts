/**
 * A container's process that lives on although no engine knows the container any more. Podman 4.3 leaves one when a
 * start comes between the stop and the removal of `podman rm -f`. It holds its port, and it writes to its data.
 */
export interface Stray {
  /** The name that the container had. */
  readonly name: string;
  readonly containerId: string;
  /** Of the monitor, and of what it watches; all of them have to end. */
  readonly pids: readonly number[];
}
