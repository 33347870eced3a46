import { ArcError } from "../../core/errors/arc-error.ts";
import type { ImageDetail, ImageSummary } from "../../ports/engine.ts";
import { type ImageConfig, PLAIN } from "./images.ts";
import type { World } from "./world.ts";

/** null: not on this machine. */
export function imageDetail({ images }: World, reference: string): ImageDetail | null {
  const id = images.id(reference) || (images.ids().find((each) => each === reference) ?? "");
  return id === "" ? null : detailOf(images, id);
}

function summaryOf({ images, containers }: World, id: string): ImageSummary {
  const { references, digests, size } = detailOf(images, id);
  return { id, references, digests, size, containers: containers.list().filter((row) => row.imageId === id).length };
}

export const imageSummaries = (world: World): readonly ImageSummary[] =>
  world.images.ids().map((id) => summaryOf(world, id));

/** See the port: an image in use keeps its names. */
export function removeImage(world: World, reference: string): void {
  const image = imageDetail(world, reference);
  if (!image) return;
  const { containers } = summaryOf(world, image.id);
  if (containers > 0) {
    throw new ArcError("ARC_ENGINE_CONFLICT", `${reference} is used by ${containers} container(s)`);
  }
  if (reference !== image.id) world.images.remove(reference);
  else if (image.references.length > 1) {
    throw new ArcError("ARC_ENGINE_CONFLICT", `${reference} has several names: please force removal`);
  } else for (const name of image.references) world.images.remove(name);
}

function detailOf(images: World["images"], id: string): ImageDetail {
  const references = images.names(id);
  const config: ImageConfig = images.config(references[0] ?? "") ?? PLAIN;
  const { env, entrypoint, command, user, workingDir, stopSignal, size } = config;
  const volumes = config.volumes.toSorted();
  const digests = images.digests(id);
  return { id, references, digests, size, env, entrypoint, command, user, workingDir, stopSignal, volumes };
}
