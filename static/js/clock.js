// Keep ages and countdowns true while the page stands. The words are those of desk/clock.py.
import { findAll } from "./tools.js";

const MINUTE = 60, HOUR = 3600, DAY = 86_400;

export function spellSpan(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 20 * MINUTE) return `${Math.floor(whole / MINUTE)}:${String(whole % MINUTE).padStart(2, "0")}`;
  if (whole < 2 * HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < 2 * DAY) return `${Math.floor(whole / HOUR)} h ${String(Math.floor((whole % HOUR) / MINUTE)).padStart(2, "0")}`;
  return `${Math.floor(whole / DAY)} days`;
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function tick() {
  const now = Date.now();
  for (const element of findAll("[data-age]")) write(element, spellSpan((now - Date.parse(element.dateTime)) / 1000));
  for (const element of findAll("[data-left]")) write(element, spellSpan((Date.parse(element.dateTime) - now) / 1000));
  for (const element of findAll("[data-ends]:not([data-over])")) {
    if (Date.parse(element.dateTime) > now) continue;
    element.dataset.over = "yes";
    document.dispatchEvent(new CustomEvent("desk:ended"));
  }
  for (const element of findAll(".timer[data-due]")) {
    const left = (Date.parse(element.dataset.due) - now) / 1000;
    element.classList.toggle("late", left <= 0);
    element.classList.toggle("soon", left > 0 && left < Number(element.dataset.soon));
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("desk:swapped", tick);
