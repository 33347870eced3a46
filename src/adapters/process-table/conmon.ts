/** What conmon's command line tells of the container that it watches; null where it is no container's monitor. */
export function parseConmon(cmdline: string): { readonly containerId: string; readonly name: string } | null {
  const args = cmdline.split("\0");
  if (!args[0]?.endsWith("conmon")) return null;
  const after = (flag: string): string => args[args.indexOf(flag) + 1] ?? "";
  const containerId = args.includes("-c") ? after("-c") : "";
  const name = args.includes("-n") ? after("-n") : "";
  return /^[0-9a-f]{64}$/.test(containerId) && name !== "" ? { containerId, name } : null;
}
