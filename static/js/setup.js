// Of a set-up page only what belongs to the choices made is shown. Without script all of it is.
import { find, findAll } from "./tools.js";

function draw() {
  for (const field of findAll("[data-when]")) {
    const [name, values] = field.dataset.when.split("=");
    const asked = find(`[name="${name}"]`, field.form);
    const row = field.closest(".field, .choice");
    if (asked && row) row.hidden = !values.split("|").includes(asked.value);
  }
}

if (find("[data-when]")) {
  document.addEventListener("change", draw);
  draw();
}
