export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** `1000:1000`; null where the text is no such pair. The highest number is the kernel's own "leave as it is". */
export function parseOwner(text: string): Owner | null {
  const match = /^(\d{1,10}):(\d{1,10})$/.exec(text);
  if (!match) return null;
  const owner = { uid: Number(match[1]), gid: Number(match[2]) };
  return Math.max(owner.uid, owner.gid) < 2 ** 32 - 1 ? owner : null;
}
