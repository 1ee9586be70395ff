// The list. What is about to be pressed never moves: rows are renewed where they stand, new ones wait behind a line.
import { announceSwap, enhance, fetchPiece, find, findAll, gather, parse, say } from "./tools.js";
import { listen } from "./live.js";

const queue = find("#queue[data-rows-url]");
const NARROW = matchMedia("(max-width: 1023px)");
const CALM_MS = 300, SPEAK_EVERY = 10_000;
let waiting = null, lastSpoken = 0, ignoreUntil = 0, told = new Set();

const openId = () => find("#pane")?.dataset.conversation;
const rowsNow = () => findAll(".item[data-row]", find("#rows"));

function markOpen() {
  for (const row of rowsNow()) row.toggleAttribute("data-open", row.dataset.row === openId());
}

/** A line may be replaced under the pointer only by itself; the focus stays in it. */
function renew(old, fresh) {
  const focused = old.contains(document.activeElement);
  if (old.outerHTML === fresh.outerHTML) return;
  old.replaceWith(fresh);
  if (focused) find(".who a", fresh)?.focus({ preventScroll: true });
}

function isAtRest() {
  const rows = find("#rows");
  const scroller = rows.scrollHeight > rows.clientHeight ? rows.scrollTop : scrollY;
  return scroller < 4 && !queue.matches(":hover") && !queue.contains(document.activeElement);
}

async function refresh() {
  const html = await fetchPiece(queue.dataset.rowsUrl);
  if (html === null) return;
  const fresh = parse(html);
  find("#tabs").replaceChildren(...find("#tabs", fresh).children);
  const known = new Map(rowsNow().map((row) => [row.dataset.row, row]));
  const news = findAll(".item[data-row]", fresh).filter((row) => !known.has(row.dataset.row));
  const standing = new Set(findAll(".item[data-row]", fresh).map((row) => row.dataset.row));
  const moved = order(fresh) !== order(find("#rows"));
  waiting = fresh;
  if (!news.length && !moved) renewInPlace(fresh, known, standing);
  else if (isAtRest()) showAll();
  else { renewInPlace(fresh, known, standing); draw(news, moved); }
  speak(news);
}

const order = (root) => findAll(".item[data-row]", root).map((row) => `${row.dataset.band}:${row.dataset.row}`).join();

function renewInPlace(fresh, known, standing) {
  const listed = new Map(findAll(".item[data-row]", fresh).map((row) => [row.dataset.row, row]));
  const isWhole = !find("[data-more]", fresh);
  for (const [id, row] of known) {
    if (listed.has(id)) renew(row, listed.get(id).cloneNode(true));
    else if (isWhole && !standing.has(id)) row.classList.add("gone");
  }
  markOpen();
  announceSwap(find("#rows"));
}

function draw(news, moved) {
  const place = find("[data-arrivals-place]");
  const urgent = news.filter((row) => Number(row.dataset.band) < 3).length;
  const words = news.length ? `${news.length} new${urgent ? `, ${urgent} urgent` : ""}: show` : moved ? "The order has changed: show" : "";
  if (!words) return place.replaceChildren();
  let line = find("[data-arrivals]", place);
  if (!line) {
    line = document.createElement("button");
    line.type = "button";
    line.dataset.arrivals = "";
    line.addEventListener("click", () => { showAll(); (find(".item[data-open] .who a") ?? find(".item .who a"))?.focus(); });
    place.replaceChildren(line);
  }
  line.className = urgent ? "arrivals urgent" : "arrivals";
  const key = Object.assign(document.createElement("kbd"), { textContent: "N" });
  key.setAttribute("aria-hidden", "true");
  line.replaceChildren(`${words} `, key);
}

function showAll() {
  if (!waiting) return;
  const rows = find("#rows"), fresh = find("#rows", waiting);
  const top = rows.scrollTop;
  rows.replaceChildren(...fresh.childNodes);
  rows.scrollTop = top;
  waiting = null;
  find("[data-arrivals-place]").replaceChildren();
  ignoreUntil = performance.now() + CALM_MS;
  markOpen();
  announceSwap(rows);
}

function speak(news) {
  const fresh = news.filter((row) => !told.has(row.dataset.row));
  for (const row of fresh) told.add(row.dataset.row);
  const urgent = fresh.filter((row) => Number(row.dataset.band) < 3).length;
  if (urgent) say(`${urgent} urgent ${urgent === 1 ? "contact" : "contacts"} arrived.`, "assertive");
  else if (fresh.length && Date.now() - lastSpoken > SPEAK_EVERY) {
    lastSpoken = Date.now();
    say(`${fresh.length} new ${fresh.length === 1 ? "contact" : "contacts"}.`);
  }
}

if (queue) {
  const soon = gather(refresh, 350);
  listen(["conversation"], (detail) => soon(Number(detail.band) < 3));
  listen(["claim", "reply", "ask", "resync"], () => soon());
  document.addEventListener("desk:swapped", () => { if (find("#rows .item[data-open]")?.dataset.row !== openId()) markOpen(); });
  // A press that was meant for what stood there a moment ago is not taken.
  queue.addEventListener("click", (event) => {
    if (performance.now() < ignoreUntil && event.isTrusted && event.detail > 0) { event.preventDefault(); event.stopPropagation(); }
  }, true);
}

enhance("#rows .who a", (link) => {
  if (!queue) return;
  link.addEventListener("click", (event) => {
    if (NARROW.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(link.href);
  });
});

/** Open a conversation beside the list; the address follows, so that reload and back work. */
async function open(href) {
  document.dispatchEvent(new CustomEvent("desk:leaving"));
  const html = await fetchPiece(href);
  if (html === null) { location.href = href; return; }
  const fresh = parse(html);
  history.pushState({ desk: true }, "", href);
  document.title = find("title", fresh)?.textContent ?? document.title;
  document.body.dataset.page = "conversation";
  find("#pane").replaceWith(find("#pane", fresh));
  markOpen();
  announceSwap(find("#pane"));
  document.dispatchEvent(new CustomEvent("desk:opened"));
}

addEventListener("popstate", () => location.reload());

enhance("[data-more]", (link) => link.addEventListener("click", async (event) => {
  event.preventDefault();
  const html = await fetchPiece(link.dataset.more);
  if (html === null) { location.href = link.href; return; }
  const fresh = find("#rows", parse(html));
  const first = find(".item .who a", fresh);
  link.replaceWith(...fresh.childNodes);
  announceSwap(find("#rows"));
  first?.focus();
}));
