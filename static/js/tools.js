// Small things that every module needs.

export const find = (selector, root = document) => root.querySelector(selector);
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Call `work` for everything in the page that matches, now and after every piece that is swapped in. */
export function enhance(selector, work) {
  const done = new WeakSet();
  const look = () => {
    for (const element of findAll(selector)) {
      if (done.has(element)) continue;
      done.add(element);
      work(element);
    }
  };
  look();
  document.addEventListener("desk:swapped", look);
  document.addEventListener("htmx:afterSettle", look);
}

/** Tell every module that a piece of the page is new. */
export function announceSwap(element) {
  if (window.htmx && element) window.htmx.process(element);
  document.dispatchEvent(new CustomEvent("desk:swapped"));
}

/** Run `work` at most once in `wait` milliseconds, and once more for what came meanwhile. */
export function gather(work, wait) {
  let timer = null;
  return (soon = false) => {
    if (timer && !soon) return;
    clearTimeout(timer);
    timer = setTimeout(() => { timer = null; work(); }, soon ? 0 : wait);
  };
}

/** Fetch a piece of a page; null when it could not be had. A lost session leads to the sign-in page. */
export async function fetchPiece(url) {
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(10_000) });
    if (answer.redirected && new URL(answer.url).pathname === "/login/") { askToSignIn(); return null; }
    if (!answer.ok) return null;
    document.dispatchEvent(new CustomEvent("desk:heard"));
    return await answer.text();
  } catch { return null; }
}

/** Send a form's worth of values; returns the answer or null. */
export async function send(url, values) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: document.body.dataset.csrf, ...values });
  try {
    const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(10_000), keepalive: true });
    if (answer.redirected && new URL(answer.url).pathname === "/login/") { askToSignIn(); return null; }
    return answer;
  } catch { return null; }
}

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Say something to screen readers: politely, or at once. */
export function say(sentence, how = "polite") {
  const place = find(`[data-say="${how}"]`);
  if (place) { place.textContent = ""; setTimeout(() => { place.textContent = sentence; }, 50); }
}

export function isStale() { return document.documentElement.dataset.live === "stale"; }

function askToSignIn() {
  const place = find("[data-stale-sentence]");
  document.documentElement.dataset.live = "stale";
  document.documentElement.dataset.signedOut = "yes";
  if (place) place.textContent = "You are signed out. Your draft is kept: sign in again in another tab, then press any button here.";
}
