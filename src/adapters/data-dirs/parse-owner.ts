/** Numeric owner of a file. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}
