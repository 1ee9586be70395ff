// Forms that open over the page. Without script they are part of the page, opened by their link.
import { enhance, find } from "./tools.js";

export function openDialog(name) {
  const dialog = document.getElementById(name);
  if (!dialog) return false;
  if (dialog.open && !dialog.matches(":modal")) dialog.close();
  if (!dialog.open) dialog.showModal();
  return true;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener && openDialog(opener.dataset.dialog)) event.preventDefault();
  const closer = event.target.closest("[data-close]");
  if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
  if (event.target.closest("[data-show-keys]")) openDialog("keys");
});
// A form that came back with something to mend is open already: put it over the page again.
enhance("dialog[open]", (dialog) => {
  if (dialog.matches(":modal")) return;
  dialog.close();
  dialog.showModal();
  find("[aria-invalid=true], textarea, input:not([type=hidden]), select", dialog)?.focus();
});
