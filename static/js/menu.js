// The menu at the top right: shows what only works with script, closes on Escape and on a press elsewhere.
import { enhance, find, findAll } from "./tools.js";

enhance("[data-needs-script]", (element) => { element.hidden = false; });
enhance("details.menu", (menu) => {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    find("summary", menu).focus();
  });
});
document.addEventListener("pointerdown", (event) => {
  for (const menu of findAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
