/* The panels of tools under sentences: one at a time, closed by Escape and by a click beside it. */

import { closest } from "./elements.js";

const opened = () => document.querySelectorAll("details.tools[open]");

function click(event) {
  const own = closest(event, "details.tools");
  for (const panel of opened()) if (panel !== own) panel.open = false;
}

function press(event) {
  if (event.key !== "Escape") return;
  for (const panel of opened()) {
    const inside = panel.contains(document.activeElement);
    panel.open = false;
    if (inside) panel.querySelector("summary").focus();
  }
}

export function startTools() {
  document.addEventListener("click", click);
  document.addEventListener("keydown", press);
}
