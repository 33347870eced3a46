/** An ISO time without colons, which other systems' filesystems refuse. Its length is fixed, so it ends any app's name. */
const ID = /^([^./][^/]*)-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)$/;

export interface TrashName {
  readonly app: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** `lnd-2026-11-22T12-30-00.005Z` */
export function trashId({ app, at }: TrashName): string {
  return `${app}-${new Date(at).toISOString().replaceAll(":", "-")}`;
}

/** What an id says; null for any other name, one that leads elsewhere among them. */
export function parseTrashId(id: string): TrashName | null {
  const [, app, time] = ID.exec(id) ?? [];
  if (app === undefined || time === undefined || id.includes("\0")) return null;
  const at = Date.parse(time.replace(/T(\d\d)-(\d\d)-/, "T$1:$2:"));
  return Number.isNaN(at) ? null : { app, at };
}
