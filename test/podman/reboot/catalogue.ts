import { BUSYBOX } from "../images.ts";

/** In the order in which they need each other; by name they would come the other way round. */
export const WANTED = ["zeta", "middle", "alpha"] as const;
/** Wanted stopped by the owner. */
export const RESTING = "resting";
/** Not ours. */
export const FOREIGN = "foreign";
/** Not ours, and started before the daemon. */
export const EARLY = "early";
/** ms that an app needs before it answers. */
export const WARM_UP = 700;

/** Each but the first requires the one before it; the last has a published port. */
export function manifests(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...WANTED, RESTING].map((app, at) => {
      const before = app === RESTING ? undefined : WANTED[at - 1];
      const serve = `mkdir -p /tmp/www; echo ${app} > /tmp/www/index.html; sleep ${WARM_UP / 1_000}; exec httpd -f -p 8080 -h /tmp/www`;
      return [
        app,
        `id: ${app}
name: ${app}
version: 1.0.0
${before === undefined ? "" : `requires: { before: { app: ${before} } }`}
container:
  image: ${BUSYBOX}
  entrypoint: ["/bin/sh", "-c", "${serve}"]
  stop: { signal: SIGKILL }
  ${app === WANTED.at(-1) ? "ports: [{ container: 8080, host: 18490, bind: 127.0.0.1 }]" : ""}
  health:
    startup: { http: { port: 8080 }, interval: 100ms, timeout: 1s, failures: 100 }
    readiness: { http: { port: 8080 }, interval: 1s }
`,
      ];
    }),
  );
}
