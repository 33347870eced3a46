/** `sha256:...` of a reference that has one. */
export function digestIn(reference: string): string | null {
  const at = reference.indexOf("@");
  return at < 0 ? null : reference.slice(at + 1);
}

/** What Podman calls an image that was asked for so: a tag beside a digest is dropped. */
export function nameOf(reference: string): string {
  const at = reference.indexOf("@");
  return at < 0 ? reference : reference.slice(0, at).replace(/:[^:/]*$/, "") + reference.slice(at);
}
