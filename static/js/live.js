// Live events: ids only. When they fail the page asks by itself; when that fails too the screen says it is stale.
import { find, findAll, gather } from "./tools.js";
import { spellSpan } from "./clock.js";

const STALE_AFTER = 30_000, ASK_AFTER = 12_000, ASK_EVERY = 8_000;
const NAMES = ["conversation", "reply", "claim", "typing", "account", "announcement", "presence", "alarm"];
let lastHeard = Date.now(), lastEvent = Date.now(), lastAsked = 0;

function heard() { lastHeard = Date.now(); }

export function listen(names, work) {
  for (const name of names) document.addEventListener(`live:${name}`, (event) => work(event.detail));
}

function tell(name, detail = {}) {
  document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
}

function connect() {
  const source = new EventSource("/events");
  // What changed between the drawing of the page and now is asked for once.
  source.addEventListener("open", () => { heard(); document.documentElement.dataset.connected = ""; tell("ask"); });
  source.addEventListener("beat", () => { heard(); lastEvent = Date.now(); });
  source.addEventListener("resync", () => { heard(); tell("resync"); });
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      heard();
      lastEvent = Date.now();
      tell(name, JSON.parse(event.data));
    });
  }
  // The browser reconnects by itself, with Last-Event-ID; only a refusal ends it, and then we try afresh.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { connect(); tell("resync"); }, 5_000);
  });
  addEventListener("pagehide", () => source.close(), { once: true });
}

const ask = gather(() => tell("ask"), 100);

function watch() {
  const now = Date.now(), silence = now - lastHeard;
  if (now - lastEvent > ASK_AFTER && now - lastAsked > ASK_EVERY) { lastAsked = now; ask(); }
  show(silence > STALE_AFTER ? "stale" : now - lastEvent > ASK_AFTER ? "slow" : "live", silence, now);
}

function show(state, silence, now) {
  const root = document.documentElement;
  if (root.dataset.signedOut) state = "stale";
  if (root.dataset.live !== state) {
    root.dataset.live = state;
    if (state === "stale" && !root.dataset.signedOut) explainSilence(silence);
    document.dispatchEvent(new CustomEvent("desk:live", { detail: state }));
  }
  const place = find("[data-live-age]");
  if (place) place.dataset.state = state;
  const words = find("[data-live-words]");
  if (!words) return;
  const since = Math.round((now - Math.max(lastEvent, lastHeard)) / 1000);
  const text = state === "stale" ? `Stale, last heard ${spellSpan(silence / 1000)} ago`
    : state === "slow" ? `Asking every ${ASK_EVERY / 1000} s, last answer ${since} s ago` : `Live, ${since} s ago`;
  if (words.textContent !== text) words.textContent = text;
}

/** Written once when the screen turns stale: an alert that counts seconds would never stop speaking. */
function explainSilence(silence) {
  const sentence = find("[data-stale-sentence]");
  const since = new Date(Date.now() - silence).toLocaleTimeString("en-GB");
  if (sentence) sentence.textContent = `Nothing was heard from the desk since ${since}. Sending is held back until it answers; what you type is kept.`;
}

document.addEventListener("desk:heard", heard);
if (findAll("[data-live-age]").length) {
  connect();
  watch();
  setInterval(watch, 1000);
}
