/* Gradio's page, by the only module that knows its markup. Gradio makes and replaces the conversation when it likes, so
   what it lacks is put in after each change; nothing here asks it to draw anything again. */

import { set } from "./state.js";

export const conversation = () => document.getElementById("conversation");
export const composer = () => document.getElementById("question-box");
export const questionBox = () => document.querySelector("#question-box textarea, #question-box input");

const conversationBox = () => document.querySelector("#conversation-box textarea, #conversation-box input");

function type(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/* What was in the box, which is then empty. */
export function takeQuestion() {
  const field = questionBox();
  const question = field.value.trim();
  if (question) type(field, "");
  return question;
}

export function putQuestion(text) {
  type(questionBox(), text);
}

/* Has the server make the conversation of these questions: they are written into a box out of sight, each change of
   which is a request. False where Gradio has no box yet. */
export function sendQuestions(questions, number) {
  const field = conversationBox();
  if (!field) return false;
  type(field, JSON.stringify({ number, questions })); // the number makes each change one
  return true;
}

/* The questions and answers that are shown, oldest first. */
export function shownTurns(chat) {
  const headings = [...chat.querySelectorAll("h2.question")];
  const answers = [...chat.querySelectorAll(".answer")];
  const whole = headings.slice(0, answers.length); // a question without its answer is not a turn yet
  return whole.map((heading, index) => ({ question: heading.textContent, heading, answer: answers[index] }));
}

/* Gradio labels each message with its whole HTML, which a screen reader would read out instead of the text. */
function correctRoles(chat) {
  for (const message of chat.querySelectorAll('[data-testid="user"][aria-label], [data-testid="bot"][aria-label]')) {
    message.removeAttribute("aria-label");
  }
}

/* Calls `settled` with the element of the conversation whenever Gradio has changed something. This is the only
   observer of the page, and it sees Gradio's part of it alone. */
export function startGradio(settled) {
  const app = document.querySelector("gradio-app");

  function changed() {
    const chat = conversation();
    if (!chat || !questionBox() || !conversationBox()) return;
    set("ready", true);
    correctRoles(chat);
    settled(chat);
  }

  new MutationObserver(changed).observe(app, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"],
  });
  changed();
}
