/* Questions and answers are brought into view: the question at the top of the window, its answer below it. */

import { composer, questionBox } from "./gradio.js";
import { get, watch } from "./state.js";

/* Room below a short answer, so that its question can stand at the top of the window. Of one element and not a
   variable of the document, which would have every style in it computed anew. */
function leaveRoom(heading) {
  const end = heading.closest(".message-wrap, #pending");
  const room = parseFloat(end.style.paddingBottom) || 0;
  const used = end.getBoundingClientRect().bottom - heading.getBoundingClientRect().top - room;
  const above = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0; // the bar
  const spare = Math.max(0, Math.floor(window.innerHeight - above - used - (composer()?.offsetHeight || 0)));
  if (spare !== room) end.style.paddingBottom = `${spare}px`;
}

export function toTop(heading) {
  leaveRoom(heading);
  heading.scrollIntoView({ block: "start" });
}

function showNewest(turn) {
  if (!turn) return;
  if (window.matchMedia("(pointer: coarse)").matches) questionBox()?.blur(); // the keyboard would cover the answer
  toTop(turn.heading);
}

/* ---- paper ---- */

let unfolded = []; // for paper, where everything is open
let place = 0; // where the reader was

function unfold() {
  place = window.scrollY;
  const folded = "details:is(.references, .rest, .nearest):not([open])";
  unfolded = get("turns").flatMap((turn) => [...turn.answer.querySelectorAll(folded)]);
  for (const list of unfolded) list.open = true;
}

function foldAgain() {
  for (const list of unfolded) list.open = false;
  window.scrollTo({ top: place });
}

export function startView() {
  watch("newest", showNewest);
  window.addEventListener("beforeprint", unfold);
  window.addEventListener("afterprint", foldAgain);
}
