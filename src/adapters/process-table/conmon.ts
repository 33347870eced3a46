/** What a monitor watches. */
export interface Watched {
  readonly containerId: string;
  readonly name: string;
  /** Where the store of the engine lies that started it; empty where its command line does not tell. */
  readonly graphRoot: string;
}

/** `<graph root>/<driver>-containers/<id>/userdata` (4.3 to 5.4). */
const BUNDLE = /^(.*)\/[a-z0-9]+-containers\/[0-9a-f]{64}\/userdata$/;

/** What conmon's command line tells of the container that it watches; null where it is no container's monitor. */
export function parseConmon(cmdline: string): Watched | null {
  const args = cmdline.split("\0");
  if (!args[0]?.endsWith("conmon")) return null;
  const after = (flag: string): string => (args.includes(flag) ? (args[args.indexOf(flag) + 1] ?? "") : "");
  const [containerId, name] = [after("-c"), after("-n")];
  if (!/^[0-9a-f]{64}$/.test(containerId) || name === "") return null;
  return { containerId, name, graphRoot: BUNDLE.exec(after("-b"))?.[1] ?? "" };
}
