/* Gradio's page, by the only module that knows its markup. Gradio makes and replaces the conversation when it likes, so
   what it lacks is put in after each change; nothing here asks it to draw anything again. */

import { starters, word } from "./from_server.js";
import { get, set, watch } from "./state.js";

export const conversation = () => document.getElementById("conversation");
export const composer = () => document.getElementById("question-box");
export const questionBox = () => document.querySelector("#question-box textarea, #question-box input");

const sectionBox = () => document.querySelector("#section-box textarea, #section-box input");
const askButton = () => document.querySelector("#question-box .submit-button");

function type(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/* Typed into the box, so that it goes the way of every other question. False where Gradio has no box yet. */
export function ask(question) {
  const field = questionBox();
  const button = askButton();
  if (!field || !button) return false;
  type(field, question);
  requestAnimationFrame(() => button.click()); // by then Gradio has taken the text over
  return true;
}

/* The section stands in a box out of sight, which goes with each question. */
function sendSection() {
  const field = sectionBox();
  if (field && field.value !== get("section")) type(field, get("section"));
}

/* Questions in the words of the review, in an interface of another language; those made of a heading are in ours. */
function sayLanguage(chat) {
  const language = document.querySelector("#masthead h1[lang]")?.lang;
  if (!language) return;
  const made = word("made").trim();
  for (const button of chat.querySelectorAll(".example:not([lang]), .option:not([lang])")) {
    button.lang = button.textContent.trim().startsWith(made) ? document.documentElement.lang : language;
  }
}

function correctRoles(chat) {
  // Gradio calls the starters a list, but they are buttons and not items of one.
  chat.querySelector('.examples[role="list"]')?.setAttribute("role", "group");
  // Gradio labels each message with its whole HTML, which a screen reader would read out instead of the text.
  for (const message of chat.querySelectorAll('[data-testid="user"][aria-label], [data-testid="bot"][aria-label]')) {
    message.removeAttribute("aria-label");
  }
}

/* Our own starters in the place of Gradio's, and looking like them. */
function offerStarters(chat) {
  const examples = chat.querySelector(".examples");
  if (!examples || examples.dataset.chosen || !starters.length) return;
  examples.dataset.chosen = "yes";
  for (const old of examples.querySelectorAll(".example")) old.hidden = true;
  for (const text of starters) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "example";
    button.textContent = text;
    button.addEventListener("click", () => ask(text));
    examples.append(button);
  }
}

/* Calls `settled` with the element of the conversation whenever Gradio has changed something. This is the only
   observer of the page, and it sees Gradio's part of it alone. */
export function startGradio(settled) {
  const app = document.querySelector("gradio-app");

  function changed() {
    const chat = conversation();
    set("column", document.querySelector(".gradio-container main > .column, .gradio-container .column"));
    if (!chat) return;
    sendSection();
    correctRoles(chat);
    offerStarters(chat);
    sayLanguage(chat);
    settled(chat);
  }

  watch("section", sendSection);
  new MutationObserver(changed).observe(app, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"],
  });
  changed();
}
