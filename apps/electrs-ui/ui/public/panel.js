// The part that all UI apps share: this file is the same in each of them, and a test holds it so.

const EVERY_MS = 5_000;
const PATIENCE_MS = 25_000;

/** What the page tells its owner instead of figures. `state` is bad (do something) or wait (it will pass). */
export class Notice extends Error {
  constructor(title, advice, state = "bad") {
    super(title);
    this.advice = advice;
    this.state = state;
  }
}

/**
 * Asks the backend through this page's own server and returns the answer's text. Throws a Notice in plain words.
 * `backend` is { name, address, reachable: advice, refused: advice }; `explain` may turn an error's body into a Notice.
 */
export async function ask(backend, path, options = {}, explain = () => null) {
  const response = await get(path, options);
  if (response.ok) return response.text();
  if (response.status === 421) {
    throw new Notice(`This page is opened under a name it does not know: ${location.hostname}`, [
      "Open it by the node's address or its .local name, or set public_name for this app in node.yml.",
    ]);
  }
  if ([502, 503, 504].includes(response.status)) {
    throw new Notice(`${backend.name} is not reachable at ${backend.address}`, backend.reachable);
  }
  const body = await response.text();
  const known = explain(body);
  if (known) throw known;
  if (response.status === 401 || response.status === 403) {
    throw new Notice(`${backend.name} refuses the credentials of this page`, backend.refused);
  }
  throw new Notice(`${backend.name} answers with an error`, [`HTTP ${response.status}. ${body.slice(0, 300)}`]);
}

/** What the server knows of its backend: { host, port, ... }, and `address` as people write it. */
export async function configuration() {
  const config = await (await get("config.json")).json();
  const host = config.host === "" ? "this host (which has no address)" : config.host;
  return { ...config, address: `${host.includes(":") ? `[${host}]` : host}:${config.port}` };
}

async function get(path, options = {}) {
  try {
    return await fetch(path, { ...options, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new Notice("This page's own server does not answer", [
      "Is the app running? `archipelago status` tells.",
      "Are you still in the same network as the node?",
    ]);
  }
}

/** Calls `read` now and every few seconds while the page is seen. It returns { subtitle, state, label, tiles }. */
export function run(read) {
  let busy = false;
  const look = () => {
    if (busy || document.hidden) return;
    busy = true;
    read()
      .then(show)
      .catch((error) => warn(error instanceof Notice ? error : new Notice("This page failed", [String(error)])))
      .finally(() => (busy = false));
  };
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY_MS);
  look();
}

function show({ subtitle, state, label, tiles }) {
  byId("banner").hidden = true;
  byId("subtitle").textContent = subtitle;
  pill(state, label);
  byId("tiles").replaceChildren(...tiles.filter(Boolean).map(tile));
  byId("tiles").classList.remove("stale");
  byId("updated").textContent = `Last answer: ${new Date().toLocaleTimeString()}`;
}

/** The last figures stay, faded, so that nobody takes them for current ones. */
function warn(notice) {
  const banner = byId("banner");
  const words = [element("h2", notice.message), element("ul", "", ...notice.advice.map((line) => element("li", line)))];
  banner.dataset.state = notice.state;
  // An unchanged alert must not be read out again every few seconds.
  const next = element("section", "", ...words);
  if (banner.hidden || banner.innerHTML !== next.innerHTML) banner.replaceChildren(...words);
  banner.hidden = false;
  byId("tiles").classList.add("stale");
  byId("subtitle").textContent = "No figures at the moment";
  pill(notice.state, notice.state === "wait" ? "starting" : "not available");
}

function pill(state, label) {
  const box = byId("state");
  box.dataset.state = state;
  // A status that says the same again must not be read out again.
  if (box.textContent !== label) box.textContent = label;
}

function tile({ label, value, note, progress }) {
  const box = element("div", "", element("dt", label), element("dd", value));
  if (progress !== undefined) {
    const bar = element("progress", "");
    bar.value = progress;
    bar.setAttribute("aria-label", label);
    box.append(element("dd", "", bar));
  }
  if (note) box.append(Object.assign(element("dd", note), { className: "note" }));
  return box;
}

function element(name, text, ...children) {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...children);
  return made;
}

const byId = (id) => document.getElementById(id);

const whole = new Intl.NumberFormat();

export const count = (value) => whole.format(value);

export const percent = (fraction) => `${(Math.floor(fraction * 10_000) / 100).toFixed(2)} %`;

/** 10^9 bytes are a GB, as disks are sold. */
export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let step = 0;
  let rest = value;
  for (; rest >= 1000 && step < units.length - 1; step++) rest /= 1000;
  return `${step === 0 ? rest : rest.toFixed(1)} ${units[step]}`;
}

/** Two units are enough: `3 d 4 h`. */
export function duration(seconds) {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds) % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}
