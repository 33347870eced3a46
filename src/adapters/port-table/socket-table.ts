/** States of include/net/tcp_states.h: a TCP listener, and a UDP socket that is bound and not connected. */
const LISTENING = { tcp: "0A", udp: "07" } as const;

/** Ports with a listener in the text of /proc/net/{tcp,tcp6,udp,udp6}. Columns: sl local_address rem_address st. */
export function listeningPorts(text: string, protocol: "tcp" | "udp"): readonly number[] {
  return text.split("\n").flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    const port = /^[0-9A-F]{8,32}:([0-9A-F]{4})$/.exec(local ?? "")?.[1];
    return port === undefined || state !== LISTENING[protocol] ? [] : [Number.parseInt(port, 16)];
  });
}
