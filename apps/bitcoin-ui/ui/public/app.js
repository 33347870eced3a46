import { ask, bytes, configuration, count, duration, Notice, percent, run } from "./panel.js";

/** What bitcoind says while it loads its index: it answers, but not yet with figures. */
const RPC_IN_WARMUP = -28;

const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

const backendOf = (config) => ({
  name: "The Bitcoin node",
  address: config.address,
  reachable: [
    "Is bitcoind running?",
    `Does it listen for RPC there? In bitcoin.conf: server=1, rpcbind=${config.host || "<address>"} and rpcallowip=<the containers' network>.`,
    "Is it another address? Set backend_host and backend_port of bitcoin-ui in node.yml.",
  ],
  refused: [
    "Write the node's real RPC password into the file secrets/bitcoin-rpc-password of Archipelago's home. It is taken up by itself.",
    `The user is "${config.user}": rpc_user of bitcoin-ui in node.yml changes it.`,
    "Is the address of this page's container allowed? In bitcoin.conf: rpcallowip.",
  ],
});

async function rpc(backend, method) {
  const options = { method: "POST", body: JSON.stringify({ method }), headers: { "Content-Type": "application/json" } };
  return JSON.parse(await ask(backend, "rpc/", options, warmingUp)).result;
}

function warmingUp(body) {
  const error = parse(body)?.error;
  return error?.code === RPC_IN_WARMUP ? new Notice("The Bitcoin node is starting", [error.message], "wait") : null;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

run(async () => {
  const config = await configuration();
  const backend = backendOf(config);
  const methods = ["getblockchaininfo", "getnetworkinfo", "getmempoolinfo", "uptime"];
  const [chain, network, mempool, uptime] = await Promise.all(methods.map((method) => rpc(backend, method)));
  const behind = chain.headers - chain.blocks;
  const synced = !chain.initialblockdownload && behind <= 1;
  return {
    subtitle: `${network.subversion.replaceAll("/", "")} on ${chain.chain}, at ${config.address}`,
    state: synced ? "good" : "wait",
    label: synced ? "in sync" : "syncing",
    tiles: [
      { label: "Blocks", value: count(chain.blocks), note: behind > 0 ? `${count(behind)} behind the headers` : "" },
      synced
        ? null
        : { label: "Verified", value: percent(chain.verificationprogress), progress: chain.verificationprogress },
      { label: "Peers", value: count(network.connections), note: peers(network) },
      { label: "Mempool", value: count(mempool.size), note: `transactions, ${bytes(mempool.bytes)}` },
      { label: "On disk", value: bytes(chain.size_on_disk), note: chain.pruned ? "pruned" : "the whole chain" },
      { label: "Difficulty", value: short.format(chain.difficulty) },
      { label: "Running for", value: duration(uptime) },
      { label: "Best block", value: `${chain.bestblockhash.slice(0, 4)}…${chain.bestblockhash.slice(-8)}` },
    ],
  };
});

function peers({ connections_in: inbound, connections_out: outbound }) {
  return inbound === undefined ? "" : `${inbound} in, ${outbound} out`;
}
