import { ArcError } from "../../core/errors/arc-error.ts";
import type { ImageDetail, ImageSummary } from "../../ports/engine.ts";
import { asList } from "./json-read.ts";
import type { Call, LibpodClient } from "./libpod-client.ts";
import { observeImage, observeImageRow } from "./observe-image.ts";

/** ms. */
const LOOK = 30_000;
/** Removing the layers of a large image from a slow disk. */
const REMOVE = 600_000;

type Signal = AbortSignal | undefined;

const pathOf = (reference: string): string => `/images/${encodeURIComponent(reference)}`;

export async function findImage(client: LibpodClient, reference: string, signal: Signal): Promise<ImageDetail | null> {
  return (await find(client, reference, signal))?.detail ?? null;
}

export async function listImages(client: LibpodClient, signal: Signal): Promise<readonly ImageSummary[]> {
  return list(client, {}, signal);
}

/**
 * See the port. Podman would take a name away from an image in use as long as it has another one, so whether it is in
 * use is looked up before; where a container comes in between, Podman still refuses to remove the image itself.
 */
export async function removeImage(client: LibpodClient, reference: string, signal: Signal): Promise<void> {
  const image = await find(client, reference, signal);
  if (!image) return;
  const { id, references, containers } = image.row;
  if (containers > 0) throw new ArcError("ARC_ENGINE_CONFLICT", `${reference} is used by ${containers} container(s)`);
  // Podman finds an image by a digest even where it has no name; such a one goes by its id.
  for (const name of references.length === 0 ? [id] : namesToTake(reference, references)) {
    await client.call("DELETE", pathOf(name), { operation: "image", signal, deadline: REMOVE, accept: [404] });
  }
}

/** The inspect leaves out names by digest (4.3.1), and the list says little, so it takes both. */
async function find(
  client: LibpodClient,
  reference: string,
  signal: Signal,
): Promise<{ readonly detail: ImageDetail; readonly row: ImageSummary } | null> {
  const found = await inspect(client, reference, signal);
  if (!found) return null;
  // Without `all` it leaves out images that others are built on.
  const rows = await list(client, { all: true, filters: JSON.stringify({ id: [found.id] }) }, signal);
  // Gone in between.
  const row = rows.find(({ id }) => id === found.id);
  return row ? { detail: { ...found, references: row.references, digests: row.digests }, row } : null;
}

async function inspect(client: LibpodClient, reference: string, signal: Signal): Promise<ImageDetail | null> {
  try {
    const call: Call = { operation: "look", signal, deadline: LOOK };
    return observeImage(await client.json("GET", `${pathOf(reference)}/json`, call));
  } catch (error) {
    if (error instanceof ArcError && error.code === "ARC_ENGINE_IMAGE_MISSING") return null;
    throw error;
  }
}

async function list(
  client: LibpodClient,
  query: NonNullable<Call["query"]>,
  signal: Signal,
): Promise<readonly ImageSummary[]> {
  const rows = await client.json("GET", "/images/json", { operation: "look", query, signal, deadline: LOOK });
  return asList(rows).map(observeImageRow);
}

/** Podman does not take `name:tag@digest` for a name ("tag not known", 4.3.1): what it stands for are two. */
function namesToTake(reference: string, names: readonly string[]): readonly string[] {
  const at = reference.indexOf("@");
  if (at < 0) return [reference];
  const tagged = reference.slice(0, at);
  const byDigest = tagged.replace(/:[^:/]*$/, "") + reference.slice(at);
  return [tagged, byDigest].filter((name) => names.includes(name));
}
