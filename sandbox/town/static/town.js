"use strict";
// The page works without this file; with it, lists refresh by themselves and forms send without a reload.

const EVERY = 2000;
const tags = new Map();
const news = document.getElementById("news");

async function refreshList(region) {
  const channel = region.dataset.channel;
  const answer = await fetch(`/town/lists/${channel}`, {
    headers: tags.has(channel) ? { "If-None-Match": tags.get(channel) } : {},
    cache: "no-store",
  });
  if (answer.status !== 200) return;
  const seen = answeredIn(region);
  const focused = region.contains(document.activeElement) ? document.activeElement.closest("article")?.id : null;
  const top = region.scrollTop;
  region.innerHTML = await answer.text();
  region.scrollTop = top;
  if (focused) document.getElementById(focused)?.querySelector("a.reply")?.focus({ preventScroll: true });
  if (tags.has(channel)) announce(region, seen);
  tags.set(channel, answer.headers.get("ETag"));
}

function answeredIn(region) {
  return new Map([...region.querySelectorAll("article")].map((each) => [each.id, each.querySelectorAll(".ours").length]));
}

function announce(region, before) {
  const fresh = [...region.querySelectorAll("article")].filter(
    (each) => each.querySelectorAll(".ours").length > (before.get(each.id) ?? 0),
  );
  if (!fresh.length) return;
  fresh.forEach((each) => each.classList.add("fresh"));
  const names = fresh.map((each) => each.querySelector("h3").textContent);
  news.textContent = `The police answered ${names.join(", ")}.`;
}

async function refreshState() {
  const answer = await fetch("/town/state", { cache: "no-store" });
  if (!answer.ok) return;
  const { sentence } = await answer.json();
  const place = document.getElementById("state");
  if (place.textContent !== sentence) place.textContent = sentence;
}

async function refresh() {
  if (document.hidden) return;
  const regions = [...document.querySelectorAll(".threads")];
  try {
    await Promise.all([...regions.map(refreshList), refreshState()]);
    document.body.classList.remove("stale");
  } catch {
    document.body.classList.add("stale");
    document.getElementById("state").textContent = "The sandbox does not answer. The page is as it last was.";
  }
}

function beginReply(link) {
  const form = document.querySelector(`form.write[data-channel="${link.closest(".threads").dataset.channel}"]`);
  form.elements.in_reply_to.value = link.dataset.reply;
  form.elements.author.value = link.dataset.as;
  if (form.elements.where) form.elements.where.value = link.dataset.private === "1" ? "private" : "public";
  form.querySelector("[data-replying]").textContent = `Replying as ${link.dataset.as}`;
  form.querySelector(".replying").hidden = false;
  form.elements.text.focus();
}

function beginNew(form) {
  form.elements.in_reply_to.value = "";
  form.querySelector(".replying").hidden = true;
  form.elements.author.focus();
}

async function send(form) {
  const button = form.querySelector("button[type=submit]");
  const alert = form.querySelector("[role=alert]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    });
    const said = await answer.json();
    alert.textContent = said.error ?? "";
    alert.hidden = answer.ok;
    if (!answer.ok) return;
    form.elements.text.value = "";
    if (form.elements.subject) form.elements.subject.value = "";
    form.elements.in_reply_to.value = "";
    form.querySelector(".replying").hidden = true;
    await refresh();
    form.closest("section").querySelector(".threads").scrollTop = 0;
  } catch {
    alert.textContent = "The sandbox does not answer. Your text is still here; try again.";
    alert.hidden = false;
  } finally {
    button.disabled = false;
    form.elements.text.focus();
  }
}

document.addEventListener("click", (event) => {
  const reply = event.target.closest("a.reply");
  const fresh = event.target.closest("a[data-new]");
  if (!reply && !fresh) return;
  event.preventDefault();
  if (reply) beginReply(reply);
  else beginNew(fresh.closest("form"));
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.write")) return;
  event.preventDefault();
  send(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("form.write")?.requestSubmit();
});

refresh();
setInterval(refresh, EVERY);
