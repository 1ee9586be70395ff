// The open conversation: what happens to it elsewhere appears here; what stands in the compose box is never touched.
import { announceSwap, enhance, fetchPiece, find, findAll, gather, parse, say, send } from "./tools.js";
import { listen } from "./live.js";
import { state } from "./forms.js";

const EXTEND_EVERY = 60_000, TYPING_SHOWN = 5_000;
const pane = () => find("#pane[data-conversation]");
const isMine = (id) => pane() && String(id) === pane().dataset.conversation;
const lastSaid = (root) => findAll("[data-entry]", root).at(-1)?.id ?? "";
let typingTimer = null;

function atEnd(thread) { return thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60; }

function toEnd() {
  const thread = find("#thread");
  if (thread && thread.scrollHeight > thread.clientHeight) thread.scrollTop = thread.scrollHeight;
}

/** Replace a part unless the reader is in it. */
function swap(id, fresh) {
  const old = document.getElementById(id), now = find(`#${id}`, fresh);
  if (!old || !now || old.innerHTML === now.innerHTML) return;
  if (old.contains(document.activeElement) && document.activeElement !== old) {
    const focused = document.activeElement;
    if (focused.matches("input, textarea, select")) return;
    const again = focused.id ? `#${focused.id}` : focused.dataset.dialog ? `[data-dialog="${focused.dataset.dialog}"]` : "";
    old.replaceChildren(...now.childNodes);
    if (again) find(again, old)?.focus();
    return;
  }
  const open = findAll("details[open] > summary", old).map((summary) => summary.textContent);
  old.replaceChildren(...now.childNodes);
  for (const summary of findAll("details > summary", old)) if (open.includes(summary.textContent)) summary.parentElement.open = true;
}

async function refresh() {
  const place = pane();
  if (!place) return;
  if (state.busy) { soon(); return; }
  const id = place.dataset.conversation;
  if (new URLSearchParams(location.search).has("before")) return;
  const html = await fetchPiece(`/c/${id}/${location.search}`);
  if (html === null || state.busy || pane() !== place) return;
  const fresh = parse(html), thread = find("#thread");
  const stayed = atEnd(thread), before = lastSaid(thread), after = lastSaid(find("#thread", fresh));
  const now = find("#pane", fresh);
  for (const part of ["conversation-head", "conversation-told", "thread", "context"]) swap(part, fresh);
  place.dataset.fence = now.dataset.fence;
  if (now.dataset.mine) place.dataset.mine = now.dataset.mine; else delete place.dataset.mine;
  renewComposer(fresh, before !== after);
  if (stayed) toEnd();
  announceSwap(place);
}

/** With words in the box, something new that was said is read first: until then the server refuses to send. */
function renewComposer(fresh, said) {
  const text = find("[data-text]"), place = find("[data-new-since]");
  if (!text) return;
  if (!text.value && document.activeElement !== text) {
    const kept = find("[data-text]", fresh)?.value;
    if (kept) text.value = kept;
  }
  if (said && text.value.trim()) {
    place.hidden = false;
    place.unread = find("#composer-seen", fresh);
    say("Something new was said in this conversation.", "assertive");
  } else if (place.hidden) find("#composer-seen")?.replaceChildren(...find("#composer-seen", fresh).childNodes);
  else place.unread = find("#composer-seen", fresh);
  const terms = find("#composer-terms");
  if (terms && !terms.contains(document.activeElement)) terms.replaceChildren(...find("#composer-terms", fresh).childNodes);
  document.dispatchEvent(new CustomEvent("desk:composer"));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-read-new]")) return;
  event.preventDefault();
  const place = find("[data-new-since]");
  place.hidden = true;
  if (place.unread) find("#composer-seen").replaceChildren(...place.unread.childNodes);
  toEnd();
  find("#thread").focus({ preventScroll: true });
});

const soon = gather(refresh, 250);
listen(["conversation", "claim"], (detail) => { if (isMine(detail.id)) soon(true); });
listen(["reply"], (detail) => { if (isMine(detail.conversation)) soon(true); });
listen(["ask", "resync"], () => soon());
// A window that has just closed: what may be done now is asked for at once.
document.addEventListener("desk:ended", () => soon(true));
listen(["typing"], (detail) => {
  if (!isMine(detail.id) || String(detail.member) === document.body.dataset.member) return;
  const place = find("[data-typing]");
  if (!place) return;
  place.textContent = `${detail.name || "Somebody else"} is typing here`;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => { place.textContent = ""; }, TYPING_SHOWN);
});

// While the conversation stands open and somebody is at the screen, the claim goes on.
let activeAt = Date.now();
for (const name of ["pointermove", "keydown", "scroll"]) addEventListener(name, () => { activeAt = Date.now(); }, { passive: true, capture: true });
setInterval(async () => {
  const place = pane();
  if (!place?.dataset.mine || Date.now() - activeAt > 2 * EXTEND_EVERY) return;
  const answer = await send(place.dataset.mine, { fence: place.dataset.fence });
  if (answer && answer.status === 409) { say("Your claim has run out.", "assertive"); soon(true); }
}, EXTEND_EVERY);

enhance("[data-letter]", (details) => details.addEventListener("toggle", () => {
  if (!details.open || find("iframe", details)) return;
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-popups");
  frame.title = "The mail as it was laid out";
  frame.src = details.dataset.letter;
  details.closest(".message").classList.add("has-page");
  details.append(frame);
}));

enhance("#pane", toEnd);
