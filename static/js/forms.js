// Forms of the open conversation are sent without leaving the page; the answer is the new pane, or the reason.
// Without script they are ordinary forms.
import { announceSwap, find, findAll, isStale, parse, say } from "./tools.js";

const LONGEST = 15_000, LONGEST_WITH_FILES = 120_000;
export const state = { busy: false };

const FAILED = "The desk did not answer. What you typed is kept. Press again: nothing is done twice.";

async function post(form, button) {
  const values = new FormData(form, button?.name ? button : undefined);
  const body = form.enctype === "multipart/form-data" ? values : new URLSearchParams(values);
  const address = button?.getAttribute("formaction") || form.getAttribute("action");
  const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(body === values ? LONGEST_WITH_FILES : LONGEST) });
  return { text: await answer.text(), url: answer.url, status: answer.status };
}

function show(answer, form) {
  const fresh = parse(answer.text), pane = find("#pane", fresh);
  if (!pane) return false;
  const inDialog = Boolean(form.closest("dialog"));
  find("dialog:modal")?.close();
  find("#pane").replaceWith(pane);
  const told = find("#messages", fresh);
  if (told) find("#messages").replaceChildren(...told.childNodes);
  if (answer.status < 300) history.replaceState(history.state, "", answer.url);
  document.dispatchEvent(new CustomEvent("desk:opened"));
  announceSwap(pane);
  focusAfter(form, inDialog);
  return true;
}

/** The focus goes to where the work goes on: the box after a refusal or a reply, else the head with the outcome. */
function focusAfter(form, inDialog) {
  if (find("dialog:modal")) return;
  const target = form.matches("[data-composer]") || form.matches("[data-claims]") ? find("[data-text]") : null;
  (target ?? find("#conversation-title"))?.focus({ preventScroll: true });
  if (inDialog) find("#conversation-title")?.focus({ preventScroll: true });
}

export function refuse(form, sentence) {
  say(sentence, "assertive");
  const place = find("[data-saved]", form) ?? find("#messages");
  if (place.id === "messages") {
    const notice = document.createElement("div");
    notice.className = "notice error";
    notice.append(Object.assign(document.createElement("p"), { textContent: sentence }));
    place.replaceChildren(notice);
  } else place.textContent = sentence;
}

document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  if (event.defaultPrevented || form.method !== "post" || !form.closest("#pane")) return;
  event.preventDefault();
  if (state.busy) return;
  if (isStale()) { refuse(form, "Not done: this screen is out of date. What you typed is kept."); return; }
  state.busy = true;
  const buttons = findAll("button", form);
  form.setAttribute("aria-busy", "true");
  form.dispatchEvent(new CustomEvent("desk:sending", { bubbles: true, detail: { stays: Boolean(button?.matches("[data-stay]")) } }));
  for (const one of buttons) one.setAttribute("aria-disabled", "true");
  try {
    const answer = await post(form, button);
    if (new URL(answer.url).pathname === "/login/") refuse(form, "You are signed out. Sign in again in another tab, then press again. What you typed is kept.");
    else if (!show(answer, form)) refuse(form, answer.status === 404 ? "It is not here any more." : FAILED);
  } catch { refuse(form, FAILED); }
  state.busy = false;
  form.removeAttribute("aria-busy");
  for (const one of buttons) one.removeAttribute("aria-disabled");
  document.dispatchEvent(new CustomEvent("desk:sent"));
});
