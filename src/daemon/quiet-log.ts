import type { Log } from "../ports/log.ts";

/** For a daemon that nobody listens to. */
export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
