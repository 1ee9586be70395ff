// Single letters act only while the list has the focus; none of them sends. They can be switched off.
import { enhance, find, findAll } from "./tools.js";
import { openDialog } from "./dialogs.js";

const lettersOn = () => localStorage.getItem("letters") !== "off";
const rows = () => findAll(".rows .item .who a");

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row === document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  all[next].focus();
}

function press(selector) {
  const target = find(selector);
  if (!target || target.disabled) return;
  target.click();
}

function claimHere() {
  const row = document.activeElement.closest(".item");
  if (!row || row.hasAttribute("data-open")) return press("[data-claim]");
  find(".who a", row).click();
  document.addEventListener("desk:opened", () => press("[data-claim]"), { once: true });
}

const LETTERS = {
  j: () => step(1),
  k: () => step(-1),
  c: claimHere,
  r: () => find("[data-text]")?.focus(),
  e: () => { openDialog("escalate"); },
  n: () => press("[data-arrivals]"),
  "/": () => find("[data-search]")?.focus(),
  "?": () => { openDialog("keys"); },
};

function inList(target) {
  return Boolean(target.closest?.(".queue")) && !target.matches("input, textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.("[data-text], [data-search]")) {
    (find(".item[data-open] .who a") ?? rows()[0])?.focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog:modal")) return;
  if (!lettersOn() || !inList(event.target)) return;
  const work = LETTERS[event.key.toLowerCase()];
  if (!work) return;
  event.preventDefault();
  work();
});

enhance("[data-keys-on]", (box) => {
  box.checked = lettersOn();
  box.addEventListener("change", () => localStorage.setItem("letters", box.checked ? "on" : "off"));
});
