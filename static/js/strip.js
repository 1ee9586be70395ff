// The truth strip, the announcements and my own presence.
import { announceSwap, fetchPiece, find, gather, send } from "./tools.js";
import { listen } from "./live.js";

const strip = find("[data-strip]");

async function refresh() {
  const html = await fetchPiece(strip.dataset.strip);
  if (html === null) return;
  // A link with the focus must not vanish under the finger.
  if (!strip.contains(document.activeElement)) strip.innerHTML = html;
  else copyAlarms(html);
  announceSwap(strip);
}

function copyAlarms(html) {
  const fresh = document.createElement("div");
  fresh.innerHTML = html;
  const from = find("[data-alarms]", fresh), to = find("[data-alarms]", strip);
  if (from && to) to.dataset.alarms = from.dataset.alarms;
}

async function refreshAnnouncements() {
  const html = await fetchPiece("/announcements/");
  const place = find("#announcements");
  if (html === null || !place) return;
  place.innerHTML = html;
}

if (strip) {
  const soon = gather(refresh, 700);
  listen(["conversation", "claim", "reply"], () => soon());
  listen(["account", "alarm", "presence", "ask", "resync"], () => soon(true));
  listen(["announcement", "resync"], refreshAnnouncements);
  setInterval(() => { if (!document.hidden) soon(); }, 60_000);
  const here = () => send("/presence/", {});
  here();
  setInterval(here, 60_000);
}
