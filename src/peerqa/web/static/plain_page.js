/* The page as the server sends it: it can be used before Gradio has come, and hands over to it. */

import { embedded, plainPage } from "./from_server.js";
import { putQuestion, questionBox } from "./gradio.js";
import { get, watch } from "./state.js";

/* The page was usable before Gradio came: what was typed meanwhile goes into its box, and so does the focus. */
function takeOver(ready) {
  if (!ready) return;
  const field = plainPage.querySelector("form [name=q]:not([type=hidden])");
  const focused = document.activeElement === field;
  plainPage.removeAttribute("role"); // Gradio's page has a main part of its own
  if (field.value) putQuestion(field.value);
  if (!get("asked").length) document.documentElement.classList.add("live");
  const desk = window.matchMedia("(hover: hover) and (pointer: fine)").matches;
  if (focused || (desk && !embedded && document.activeElement === document.body)) {
    questionBox().focus({ preventScroll: true });
  }
}

/* Without Gradio the form loads the page anew; the questions before it come along. */
function sendPlainly(event) {
  if (!event.target.matches("#plain form")) return;
  for (const old of event.target.querySelectorAll("input[type=hidden][name=q]")) old.remove();
  const typed = event.target.querySelector("[name=q]");
  for (const { question } of get("asked")) {
    typed.before(Object.assign(document.createElement("input"), { type: "hidden", name: "q", value: question }));
  }
}

export function startPlainPage() {
  watch("ready", takeOver);
  document.addEventListener("submit", sendPlainly);
}
