import { ArcError } from "../../core/errors/arc-error.ts";
import { errnoOf } from "../files/errno.ts";

/** What the system says of a move or a removal, for a person. An ArcError stays what it is. */
export function asArcError(error: unknown, what: string): ArcError {
  if (error instanceof ArcError) return error;
  const errno = errnoOf(error);
  switch (errno) {
    case "EXDEV":
      return new ArcError("ARC_HOME", `${what}: they lie on different filesystems, and nothing is copied`, {
        cause: error,
        hint: "Put trash on the disk that data lies on: a symbolic link in the home to a folder beside the data will do.",
      });
    case "EBUSY":
      return new ArcError("ARC_TRASH", `${what}: something is mounted there`, {
        cause: error,
        hint: "Unmount it first: what lies on it stays there.",
      });
    case "EROFS":
      return new ArcError("ARC_HOME", `${what}: its filesystem is read-only`, { cause: error });
    case "ENOSPC":
      return new ArcError("ARC_HOME", `${what}: its filesystem is full`, { cause: error });
    case "EACCES":
    case "EPERM":
      return new ArcError("ARC_HOME", `${what}: permission denied`, { cause: error });
    default:
      return new ArcError("ARC_HOME", `${what} (${errno ?? "unknown cause"})`, { cause: error });
  }
}
