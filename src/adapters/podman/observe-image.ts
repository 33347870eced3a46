import type { ImageDetail, ImageSummary } from "../../ports/engine.ts";
import { asNumber, asRecord, asText, asTexts } from "./json-read.ts";
import { imageId } from "./observe-list.ts";

/** One row of `images/json`. */
export function observeImageRow(value: unknown): ImageSummary {
  const row = asRecord(value);
  return {
    id: imageId(asText(row["Id"])),
    references: asTexts(row["RepoTags"]),
    digests: asTexts(row["RepoDigests"]),
    size: asNumber(row["Size"]),
    // -1 where the engine did not count.
    containers: Math.max(0, asNumber(row["Containers"])),
  };
}

/** What `images/{name}/json` says. */
export function observeImage(value: unknown): ImageDetail {
  const image = asRecord(value);
  const config = asRecord(image["Config"]);
  return {
    id: imageId(asText(image["Id"])),
    references: asTexts(image["RepoTags"]),
    digests: asTexts(image["RepoDigests"]),
    size: asNumber(image["Size"]),
    env: Object.fromEntries(asTexts(config["Env"]).map(splitVariable)),
    entrypoint: asTexts(config["Entrypoint"]),
    command: asTexts(config["Cmd"]),
    user: asText(config["User"]),
    workingDir: asText(config["WorkingDir"]),
    stopSignal: asText(config["StopSignal"]),
    volumes: Object.keys(asRecord(config["Volumes"])).toSorted(),
  };
}

function splitVariable(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
