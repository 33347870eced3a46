import { ask, bytes, configuration, count, duration, run } from "./panel.js";

const backendOf = (config) => ({
  name: "electrs",
  address: config.address,
  reachable: [
    "Is electrs running? While it opens its database it does not answer yet.",
    `Does it publish its metrics there? In electrs.toml: monitoring_addr = "${config.host || "<address>"}:${config.port}".`,
    "Is it another address? Set backend_host and backend_port of electrs-ui in node.yml.",
  ],
  refused: ["electrs itself asks for no credentials: something else answers at this address."],
});

/** Prometheus text -> [{ name, labels, value }]. Comments and what is no number are left out. */
function parseMetrics(text) {
  return text.split("\n").flatMap((line) => {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    const value = Number(match?.[3]);
    return match && !Number.isNaN(value) ? [{ name: match[1], labels: match[2] ?? "", value }] : [];
  });
}

run(async () => {
  const config = await configuration();
  const metrics = parseMetrics(await ask(backendOf(config), "rpc/metrics"));
  const all = (name) => metrics.filter((metric) => metric.name === name);
  const sum = (name) => all(name).reduce((total, metric) => total + metric.value, 0);
  const one = (name, labels = "") => all(name).find((metric) => metric.labels.includes(labels))?.value;

  // Since electrs 0.12 the index tells no height; the page then shows what is left.
  const height = one("electrs_index_height", 'type="tip"');
  const started = one("process_start_time_seconds");
  const memory = one("process_resident_memory_bytes");
  const serving = all("electrs_rpc_duration_count").length > 0 || sum("electrs_mempool_txs_count") > 0;
  return {
    subtitle: `Metrics from ${config.address}`,
    state: serving ? "good" : "wait",
    label: serving ? "serving" : "indexing or idle",
    tiles: [
      height === undefined ? null : { label: "Indexed up to block", value: count(height) },
      {
        label: "Mempool",
        value: count(sum("electrs_mempool_txs_count")),
        note: `transactions, ${bytes(sum("electrs_mempool_txs_vsize"))}`,
      },
      { label: "Requests answered", value: count(sum("electrs_rpc_duration_count")), note: answerTime(sum) },
      memory === undefined ? null : { label: "Memory", value: bytes(memory) },
      started === undefined ? null : { label: "Running for", value: duration(Date.now() / 1000 - started) },
    ],
  };
});

function answerTime(sum) {
  const answered = sum("electrs_rpc_duration_count");
  return answered > 0 ? `${((sum("electrs_rpc_duration_sum") / answered) * 1000).toFixed(1)} ms each on average` : "";
}
