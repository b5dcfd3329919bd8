/* What is asked: some of several reviews, and in them one section. The reviews that are ticked go into the address,
   and with the next question, and the conversation stays; without a script the form loads the page anew. */

import { ask, turnOf } from "./conversation.js";
import { closest } from "./elements.js";
import { sectionLine } from "./from_server.js";
import { get, set, watch } from "./state.js";

/* ---- the reviews ---- */

const reviewFilter = document.querySelector(".chooser");
const form = reviewFilter?.querySelector("form");

function describe(chosen) {
  if (!chosen.length) return reviewFilter.dataset.all;
  if (chosen.length === 1) return chosen[0].nextElementSibling.textContent;
  return reviewFilter.dataset.some.replace("#", String(chosen.length));
}

function choose() {
  const address = new URL(window.location.href);
  const chosen = [...form.querySelectorAll('input[name="document"]:checked')];
  address.searchParams.delete("document");
  for (const box of chosen) address.searchParams.append("document", box.value);
  window.history.replaceState(window.history.state, "", address);
  reviewFilter.querySelector(".asked").textContent = describe(chosen);
}

function submit(event) {
  event.preventDefault();
  choose();
  reviewFilter.open = false;
}

function leave(event) {
  if (event.key !== "Escape" || !reviewFilter.open) return;
  reviewFilter.open = false;
  reviewFilter.querySelector("summary").focus();
}

function startReviews() {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", choose);
  form.addEventListener("submit", submit);
  reviewFilter.addEventListener("keydown", leave);
  // A browser that goes back may tick what the address does not name.
  const named = new URL(window.location.href).searchParams.getAll("document");
  for (const box of form.querySelectorAll('input[name="document"]')) box.checked = named.includes(box.value);
}

/* ---- the section ---- */

function showSection(section) {
  sectionLine.classList.toggle("narrowed", section !== "");
  sectionLine.classList.toggle("widened", section === "");
}

/* The buttons in the masthead change the next question; the one in an answer asks its question again at once. */
function widenOrNarrow(event) {
  const button = closest(event, "button.widen, button.narrow-again");
  if (!button) return;
  set("section", button.matches(".narrow-again") ? sectionLine.dataset.section : "");
  const turn = turnOf(button);
  if (turn) ask(turn.question);
  else sectionLine.querySelector(get("section") ? ".widen" : ".narrow-again").focus();
}

function startSection() {
  watch("section", showSection);
  set("section", sectionLine.dataset.section);
  document.addEventListener("click", widenOrNarrow);
}

export function startFilters() {
  if (reviewFilter) startReviews();
  if (sectionLine) startSection();
}
