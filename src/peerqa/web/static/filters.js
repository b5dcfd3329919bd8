/* What is asked: some of several reviews, and in them one section. The reviews that are ticked go into the address,
   where the next question is read together with them, and the conversation stays; without a script the form loads the
   page anew. The section goes with the question itself. */

import { turnOf } from "./conversation.js";
import { closest } from "./elements.js";
import { scope } from "./from_server.js";
import { ask } from "./gradio.js";
import { get, set, watch } from "./state.js";

/* ---- the reviews ---- */

const chooser = document.querySelector(".chooser");
const form = chooser?.querySelector("form");

function describe(chosen) {
  if (!chosen.length) return chooser.dataset.all;
  if (chosen.length === 1) return chosen[0].nextElementSibling.textContent;
  return chooser.dataset.some.replace("#", String(chosen.length));
}

function choose() {
  const address = new URL(window.location.href);
  const chosen = [...form.querySelectorAll('input[name="document"]:checked')];
  address.searchParams.delete("document");
  address.searchParams.delete("q"); // it has been asked
  for (const box of chosen) address.searchParams.append("document", box.value);
  window.history.replaceState(window.history.state, "", address);
  chooser.querySelector(".asked").textContent = describe(chosen);
}

function submit(event) {
  event.preventDefault();
  choose();
  chooser.open = false;
}

function leave(event) {
  if (event.key !== "Escape" || !chooser.open) return;
  chooser.open = false;
  chooser.querySelector("summary").focus();
}

function startChooser() {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", choose);
  form.addEventListener("submit", submit);
  chooser.addEventListener("keydown", leave);
  // A browser that goes back may tick what the address does not name.
  const named = new URL(window.location.href).searchParams.getAll("document");
  for (const box of form.querySelectorAll('input[name="document"]')) box.checked = named.includes(box.value);
}

/* ---- the section ---- */

function showSection(section) {
  scope.classList.toggle("narrowed", section !== "");
  scope.classList.toggle("widened", section === "");
}

/* The buttons in the masthead change the next question; the one in an answer asks its question again at once. */
function widenOrNarrow(event) {
  const button = closest(event, "button.widen, button.narrow-again");
  if (!button) return;
  set("section", button.matches(".narrow-again") ? scope.dataset.section : "");
  const turn = turnOf(button);
  if (turn) ask(turn.question);
  else scope.querySelector(get("section") ? ".widen" : ".narrow-again").focus();
}

function startSection() {
  watch("section", showSection);
  set("section", scope.dataset.section);
  document.addEventListener("click", widenOrNarrow);
}

export function startFilters() {
  if (chooser) startChooser();
  if (scope) startSection();
}
