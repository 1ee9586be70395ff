// The alarm of critical conversations: a sound of two tones, every 30 s until one person says they heard it.
import { enhance, find, findAll, say, send } from "./tools.js";

const REPEAT = 30_000, FLOOD = 5, FLOOD_WITHIN = 600_000;
const place = find("[data-alarm-place]");
const baseTitle = document.title;
let sound = null, shown = "", lastRung = 0, heardHere = new Set();

function volume() { return Number(localStorage.getItem("alarm-volume") ?? 70) / 100; }

function makeSound() {
  sound ??= new AudioContext();
  return sound;
}

/** Two tones, 0.9 s in all, drawn by the browser. */
function ring() {
  const context = makeSound();
  if (context.state === "suspended") context.resume();
  tellState();
  if (context.state !== "running" || volume() === 0) return;
  [[880, 0], [660, 0.28], [880, 0.56]].forEach(([pitch, after]) => {
    const tone = context.createOscillator(), loudness = context.createGain();
    const start = context.currentTime + after;
    tone.type = "triangle";
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(volume(), start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.26);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.28);
  });
}

function tellState() {
  const blocked = !sound || sound.state !== "running";
  const sentence = blocked ? "The browser holds sound back until you press something on this page." : volume() === 0 ? "The alarm is silent: its volume is nought." : "Sound works.";
  for (const element of findAll("[data-sound-state]")) element.textContent = sentence;
}

function readAlarms() {
  const all = JSON.parse(find("[data-alarms]")?.dataset.alarms || "[]");
  return all.filter((alarm) => !heardHere.has(`${alarm.id}:${alarm.since}`));
}

function look() {
  if (!place) return;
  const alarms = readAlarms();
  document.title = alarms.length ? `(${alarms.length} ${wordFor(alarms)}) ${baseTitle}` : baseTitle;
  const key = alarms.map((alarm) => alarm.id).join();
  if (key !== shown) draw(alarms, key);
  if (alarms.length && Date.now() - lastRung > REPEAT) { lastRung = Date.now(); ring(); }
}

function wordFor(alarms) { return alarms.every((alarm) => alarm.level === "urgent") ? "urgent" : "critical"; }

function draw(alarms, key) {
  const word = wordFor(alarms);
  const isNew = alarms.some((alarm) => !shown.split(",").includes(String(alarm.id)));
  shown = key;
  place.replaceChildren();
  if (!alarms.length) return;
  const recent = alarms.filter((alarm) => Date.now() - Date.parse(alarm.since) < FLOOD_WITHIN).length;
  const words = recent > FLOOD ? `${alarms.length} ${word} contacts wait, ${recent} of them within ten minutes: many people may be telling of one thing.`
    : alarms.length === 1 ? `A${word === "urgent" ? "n" : ""} ${word} contact waits and nobody holds it.` : `${alarms.length} ${word} contacts wait and nobody holds them.`;
  const box = document.createElement("div");
  box.className = "alarm";
  const text = document.createElement("span");
  text.textContent = `▲ ${words}`;
  const buttons = document.createElement("span");
  buttons.className = "push";
  const open = Object.assign(document.createElement("a"), { className: "button danger", textContent: "Open the longest waiting", href: `/c/${alarms[0].id}/` });
  const hear = Object.assign(document.createElement("button"), { className: "button", textContent: "I heard it", type: "button" });
  const drawnAt = performance.now();
  // A press that was meant for what lay here a moment ago is not taken.
  box.addEventListener("click", (event) => { if (performance.now() - drawnAt < 300 && event.detail > 0) { event.preventDefault(); event.stopPropagation(); } }, true);
  hear.addEventListener("click", () => acknowledge(alarms, hear));
  buttons.append(open, hear);
  box.append(text, buttons);
  place.append(box);
  if (isNew) { say(`${word === "urgent" ? "Urgent" : "Critical"}. ${words}`, "assertive"); lastRung = Date.now(); ring(); }
}

async function acknowledge(alarms, button) {
  button.disabled = true;
  const answer = await send("/alarms/heard/", { ids: alarms.map((alarm) => alarm.id).join(",") });
  if (!answer?.ok) { button.disabled = false; say("The desk did not answer. The alarm goes on. Press again.", "assertive"); return; }
  for (const alarm of alarms) heardHere.add(`${alarm.id}:${alarm.since}`);
  find("#main")?.focus();
  look();
}

enhance("[data-volume]", (slider) => {
  slider.value = String(volume() * 100);
  slider.addEventListener("input", () => { localStorage.setItem("alarm-volume", slider.value); tellState(); });
});
enhance("[data-sound-test]", (button) => button.addEventListener("click", ring));
addEventListener("pointerdown", () => { makeSound().resume().then(tellState); }, { once: true });
document.addEventListener("desk:swapped", look);
look();
setInterval(look, 1000);
