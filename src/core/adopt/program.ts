/** `docker.io/library/nginx:1.28@sha256:...` -> `docker.io/library/nginx`; short names are Docker Hub's. */
export function repository(reference: string): string {
  const plain = reference.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const [host = "", ...path] = plain.split("/");
  if (path.length > 0 && (host === "localhost" || /[.:]/.test(host))) return plain;
  return path.length > 0 ? `docker.io/${plain}` : `docker.io/library/${plain}`;
}

/** What is known of the images that are here: reference -> id. One that is not here is absent. */
export type ImageIds = ReadonlyMap<string, string>;

/** The same repository, whatever the tag, or the very same image under another name. */
export function sameProgram(
  found: { readonly image: string; readonly imageId: string },
  wanted: string,
  ids: ImageIds,
): boolean {
  return repository(found.image) === repository(wanted) || (found.imageId !== "" && ids.get(wanted) === found.imageId);
}
