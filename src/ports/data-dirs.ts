/** The folders that containers mount. */
export interface DataDirs {
  /**
   * Makes the folder if it is missing and gives it to `owner` ("uid:gid"): the top level always, recursively only where
   * a probe of its entries finds another owner. Never follows a symbolic link out of `root`; refuses with ARC_HOME.
   */
  ensure(root: string, path: string, owner: string | null): Promise<void>;
  /** Where paths of the host lead once links are followed; null: nothing is there. */
  places(paths: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
}
