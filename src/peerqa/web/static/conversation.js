/* The turns of the conversation: read once when they appear, brought into view, and waited for. */

import { closest, scrollBehavior, targetOf } from "./elements.js";
import { linkedQuestion } from "./from_server.js";
import { ask, composer, questionBox, startGradio } from "./gradio.js";
import { get, set, watch } from "./state.js";

const PATIENCE = 30000; // milliseconds after which the page no longer says that it waits

let linked = linkedQuestion; // not yet asked
let patience = 0;

/* The turn whose answer holds a node. */
export function turnOf(node) {
  return get("turns").find((turn) => turn.answer.contains(node));
}

/* ---- the turns ---- */

function readTurns(chat) {
  const headings = [...chat.querySelectorAll("h2.question")];
  const answers = [...chat.querySelectorAll(".answer")];
  const whole = headings.slice(0, answers.length); // a question without its answer is not a turn yet
  return whole.map((heading, index) => ({ question: heading.textContent, heading, answer: answers[index] }));
}

function unchanged(turns, known) {
  const same = (turn, index) => turn.heading === known[index].heading && turn.answer === known[index].answer;
  return turns.length === known.length && turns.every(same);
}

function settled(chat) {
  if (linked && ask(linked)) linked = null;
  const known = get("turns");
  const turns = readTurns(chat);
  if (unchanged(turns, known)) return;
  const last = turns.at(-1);
  // The oldest turn goes when there are many, so their number may stay the same.
  const more = turns.length > known.length || (get("waiting") && last && last.answer !== known.at(-1)?.answer);
  set("turns", turns);
  if (more) set("newest", last);
  else if (!last) set("newest", null);
}

/* ---- bringing them into view ---- */

/* Room below a short answer, so that its question can stand at the top of the window. Of one element and not a
   variable of the document, which would have every style in it computed anew. */
function leaveRoom(heading) {
  const end = heading.closest(".message-wrap");
  const room = parseFloat(end.style.paddingBottom) || 0;
  const used = end.getBoundingClientRect().bottom - heading.getBoundingClientRect().top - room;
  const spare = Math.max(0, Math.floor(window.innerHeight - used - (composer()?.offsetHeight || 0)));
  if (spare !== room) end.style.paddingBottom = `${spare}px`;
}

function showNewest(turn) {
  if (!turn) return;
  set("waiting", false);
  if (window.matchMedia("(pointer: coarse)").matches) questionBox()?.blur(); // the keyboard would cover the answer
  leaveRoom(turn.heading);
  turn.heading.scrollIntoView({ behavior: scrollBehavior(), block: "start" });
}

/* A link in an answer goes to its card: by the script, since the address of the page stays as it is. */
function followLink(event) {
  const link = closest(event, '#conversation a[href*="#"]:not(.link, .cite)');
  if (!link) return;
  event.preventDefault();
  const card = targetOf(link);
  if (!card) return;
  card.scrollIntoView({ behavior: scrollBehavior(), block: "center" });
  card.focus({ preventScroll: true });
}

/* ---- waiting ---- */

function showWaiting(waiting) {
  clearTimeout(patience);
  document.documentElement.classList.toggle("asking", waiting);
  if (waiting) patience = setTimeout(() => set("waiting", false), PATIENCE);
}

const hasQuestion = () => Boolean(questionBox()?.value.trim());

function waitAfterKey(event) {
  const enter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (enter && event.target === questionBox() && hasQuestion()) set("waiting", true);
}

function waitAfterClick(event) {
  const button = closest(event, ".submit-button, .example, .option");
  if (button && (!button.matches(".submit-button") || hasQuestion())) set("waiting", true);
}

/* ---- keys and paper ---- */

function focusBox(event) {
  const typing = closest(event, "input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  questionBox()?.focus();
}

function openReferences() {
  for (const turn of get("turns")) {
    for (const list of turn.answer.querySelectorAll("details.references")) list.open = true;
  }
}

export function startConversation() {
  watch("turns", (turns) => document.documentElement.classList.toggle("conversing", turns.length > 0));
  watch("newest", showNewest);
  watch("waiting", showWaiting);
  document.addEventListener("keydown", waitAfterKey, true); // Gradio empties the box before the event comes up again
  document.addEventListener("click", waitAfterClick, true);
  document.addEventListener("click", followLink, true);
  document.addEventListener("keydown", focusBox);
  window.addEventListener("beforeprint", openReferences);
  startGradio(settled);
}
