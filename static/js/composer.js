// The compose box: counts, keeps a draft every two seconds, tells the others, and never sends what is stale.
import { enhance, find, findAll, send } from "./tools.js";
import { refuse } from "./forms.js";
import { hasAddress, measure } from "./length.js";

const DRAFT_EVERY = 2_000, TYPING_EVERY = 3_000;
let box = null, keptText = "", draftTimer = null, typedAt = 0, sending = false;

const way = (form) => find("input[name=way]:checked", form)?.value ?? "note";

function count(form) {
  const text = find("[data-text]", form).value;
  for (const place of findAll("[data-way][data-limit]", form)) {
    const limit = Number(place.dataset.limit);
    const length = measure(text, place.dataset.rule, Number(place.dataset.addressWeight));
    const tally = find("[data-tally]", place);
    tally.textContent = length > limit ? `${length - limit} too many of ${limit}` : `${length} / ${limit}`;
    tally.classList.toggle("over", length > limit);
  }
  for (const place of findAll("[data-price]", form)) {
    const price = place.dataset.priceLinked && hasAddress(text) ? place.dataset.priceLinked : place.dataset.price;
    if (place.textContent !== price) place.textContent = price;
  }
}

const descriptions = (form) => Object.fromEntries(findAll("[name^=alternative-]", form).map((input) => [input.name, input.value]));
const markOf = (form) => `${way(form)}:${find("[data-text]", form).value}:${JSON.stringify(descriptions(form))}`;

async function keep(form) {
  const text = find("[data-text]", form).value, chosen = way(form);
  const mark = markOf(form);
  if (mark === keptText || sending) return;
  const answer = await send(form.dataset.draft, { text, way: chosen, ...descriptions(form), quietly: "1" });
  const place = find("[data-saved]", form);
  if (answer?.ok) {
    keptText = mark;
    place.textContent = text ? `Draft kept ${new Date().toLocaleTimeString("en-GB").slice(0, 5)}` : "";
  } else place.textContent = "Not kept yet: the desk does not answer. The text stays here.";
}

function changed(form) {
  count(form);
  clearTimeout(draftTimer);
  draftTimer = setTimeout(() => keep(form), DRAFT_EVERY);
  if (Date.now() - typedAt > TYPING_EVERY) {
    typedAt = Date.now();
    send("/typing/", { conversation: form.dataset.conversation });
  }
}

enhance("[data-composer]", (form) => {
  box = form;
  const text = find("[data-text]", form);
  keptText = markOf(form);
  sending = false;
  count(form);
  text.addEventListener("input", () => changed(form));
  for (const input of findAll("[name^=alternative-]", form)) input.addEventListener("input", () => changed(form));
  const chooser = find("[data-add-files]", form);
  // Choosing adds at once; the button is for browsers without script.
  if (chooser) find("[data-add]", form).hidden = true;
  chooser?.addEventListener("change", () => { if (chooser.files.length) form.requestSubmit(find("[data-add]", form)); });
  for (const choice of findAll("input[name=way]", form)) choice.addEventListener("change", () => changed(form));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    const button = find(`.for-${way(form)} [data-send]`, form);
    if (button && !button.disabled) form.requestSubmit(button);
    else refuse(form, "This way of answering is closed. Choose another above; your text is kept.");
  });
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-save-draft]")) return;
    event.preventDefault();
    keptText = "";
    keep(form);
  });
});

// Before anything is done to the conversation the draft is kept; while a reply is on its way it is not.
document.addEventListener("desk:sending", (event) => {
  if (!box?.isConnected) return;
  if (event.target === box) {
    sending = true;
    clearTimeout(draftTimer);
    find("[data-saved]", box).textContent = event.detail?.stays ? "" : "Sending";
  } else keep(box);
});
document.addEventListener("desk:sent", () => { sending = false; });
document.addEventListener("desk:composer", () => { if (box?.isConnected) count(box); });
for (const name of ["desk:leaving", "visibilitychange"]) document.addEventListener(name, () => { if (box?.isConnected) keep(box); });
addEventListener("pagehide", () => { if (box?.isConnected) keep(box); });
