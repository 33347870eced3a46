/** Who listens on this host. */
export interface PortTable {
  /** Host ports with a listener, as `tcp/8080` or `udp/53`. */
  listening(): Promise<ReadonlySet<string>>;
}
