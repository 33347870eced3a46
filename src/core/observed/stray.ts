/**
 * A container's process that lives although the engine does not know it: no such container, or one that does not run.
 * Podman 4.3 leaves one when a start comes between the stop and the removal of `podman rm -f`, and when its service is
 * killed in the middle of a start. It holds its port, and it may write to its data.
 */
export interface Stray {
  /** The name that the container had. */
  readonly name: string;
  readonly containerId: string;
  /** Of the monitor, and of what it watches; all of them have to end. */
  readonly pids: readonly number[];
  /** False: the start broke off before its program ran. Such a process hears SIGKILL alone. */
  readonly started: boolean;
}
