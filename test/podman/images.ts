import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerEngine } from "../../src/ports/engine.ts";

/** Sleeps for ever, ends at once on SIGKILL, and holds busybox with all its commands. Made without any registry. */
export const BUSYBOX = "localhost/archipelago-test/busybox:1";

const CONTAINERFILE = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -p /etc /run /tmp /var/tmp && chmod 1777 /tmp /var/tmp
STOPSIGNAL SIGKILL
CMD ["/bin/sleep", "2147483647"]
`;

/** Needs Debian's busybox-static. */
export async function makeBusybox(engine: ContainerEngine): Promise<void> {
  if (await engine.imageExists(BUSYBOX)) return;
  const context = await mkdtemp(join(tmpdir(), "busybox-"));
  try {
    await mkdir(context, { recursive: true });
    await copyFile("/bin/busybox", join(context, "busybox"));
    await writeFile(join(context, "Containerfile"), CONTAINERFILE);
    await engine.build({ digest: "", context, containerfile: "Containerfile", args: {} }, BUSYBOX, {});
  } finally {
    await rm(context, { recursive: true });
  }
}
