import { ArcError } from "../../core/errors/arc-error.ts";
import type { NodeApi } from "../../rpc/node-api.ts";
import type { CliContext } from "../context.ts";
import type { Finding } from "../daemon-side.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printable } from "../render/printable.ts";

/** What keeps containers from running here, and what to do about it. Exits 1 where there is something. */
export async function doctor({ io, node, options, out }: CliContext): Promise<ExitCode> {
  const findings = [...(await io.daemon.diagnose(options)), ...(await daemonView(node))];
  out.answer({ findings }, () => findings.map((finding) => findingText(finding, out.paint)).join("\n"));
  return findings.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

function findingText({ name, ok, detail, next }: Finding, paint: CliContext["out"]["paint"]): string {
  const mark = ok ? paint("green", "ok  ") : paint("red", "bad ");
  const advice = next === "" ? "" : `\n      ${printable(next)}`;
  return `${mark}  ${paint("bold", printable(name))}: ${printable(detail)}${advice}`;
}

/** What the daemon sees; that none runs is no fault of the machine. */
async function daemonView(node: NodeApi): Promise<readonly Finding[]> {
  try {
    const { engine, node: self, notices } = await node.status();
    return [
      { name: "daemon", ok: true, detail: `runs as process ${self.pid}`, next: "" },
      engine.state === "available"
        ? { name: "engine, as the daemon sees it", ok: true, detail: `Podman ${engine.version}`, next: "" }
        : { name: "engine, as the daemon sees it", ok: false, detail: engine.reason, next: "The daemon keeps trying." },
      ...notices.map((notice) => ({ name: "notice of the daemon", ok: false, detail: notice, next: "" })),
    ];
  } catch (error) {
    const { code, message, hint } = ArcError.from(error);
    return [{ name: "daemon", ok: code === "ARC_DAEMON_UNREACHABLE", detail: message, next: hint }];
  }
}
