/** The way to a value in a file: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** `containers.lnd.ports.0.host`; a key that is no plain word stands in brackets: `labels["org.example.team"]`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "string" && !/^[\w-]+$/.test(segment)) text += `[${JSON.stringify(segment)}]`;
    else text += text === "" ? String(segment) : `.${segment}`;
  }
  return text;
}
