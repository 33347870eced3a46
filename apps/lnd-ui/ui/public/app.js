import { ask, configuration, count, Notice, run } from "./panel.js";

const refusedAdvice = [
  "Write LND's readonly.macaroon, in hexadecimal, into the file secrets/lnd-readonly-macaroon of Archipelago's home. It is taken up by itself.",
  "This command prints it: xxd -ps -c 1000 readonly.macaroon",
];

const backendOf = (config) => ({
  name: "LND",
  address: config.address,
  reachable: [
    "Is lnd running?",
    `Does it listen for REST there? In lnd.conf: restlisten=${config.host || "<address>"}:${config.port}.`,
    "Is it another address? Set backend_host and backend_port of lnd-ui in node.yml.",
  ],
  refused: refusedAdvice,
});

/** LND answers most troubles with HTTP 500 and a sentence; these two have a meaning of their own. */
function explain(body) {
  if (/wallet (is )?(locked|not created)|RPC server is in the process of starting/i.test(body)) {
    const sentence = /"message":\s*"([^"]+)"/.exec(body)?.[1] ?? "The wallet is locked.";
    return new Notice("LND is up, and its wallet is not open yet", [sentence], "wait");
  }
  return /macaroon|encoding\/hex|permission denied|verification failed/i.test(body)
    ? new Notice("LND refuses the credentials of this page", refusedAdvice)
    : null;
}

run(async () => {
  const config = await configuration();
  const backend = backendOf(config);
  const read = async (path) => JSON.parse(await ask(backend, `rpc/v1/${path}`, {}, explain));
  const [info, onchain, channels] = await Promise.all(["getinfo", "balance/blockchain", "balance/channels"].map(read));
  const chain = info.chains?.[0]?.network ?? "";
  return {
    subtitle: `${info.alias || "no alias"}, lnd ${info.version.split(" ")[0]}${chain && ` on ${chain}`}, at ${config.address}`,
    state: info.synced_to_chain ? "good" : "wait",
    label: info.synced_to_chain ? "in sync" : "syncing",
    tiles: [
      { label: "Channels", value: count(info.num_active_channels), note: channelNote(info) },
      { label: "Can send", value: sats(channels.local_balance?.sat ?? channels.balance), note: "in channels" },
      { label: "Can receive", value: sats(channels.remote_balance?.sat), note: "in channels" },
      { label: "On chain", value: sats(onchain.total_balance), note: unconfirmed(onchain) },
      { label: "Peers", value: count(info.num_peers) },
      {
        label: "Block",
        value: count(info.block_height),
        note: info.synced_to_graph ? "graph in sync" : "graph syncing",
      },
      { label: "Public key", value: `${info.identity_pubkey.slice(0, 6)}…${info.identity_pubkey.slice(-6)}` },
    ],
  };
});

/** LND writes 64-bit numbers as texts, and leaves zero out. */
const sats = (text) => `${count(BigInt(text ?? 0))} sat`;

function channelNote(info) {
  return `active; ${count(info.num_inactive_channels)} inactive, ${count(info.num_pending_channels)} pending`;
}

function unconfirmed({ unconfirmed_balance: amount = "0" }) {
  return amount === "0" ? "" : `${sats(amount)} unconfirmed`;
}
