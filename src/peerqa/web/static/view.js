/* Questions and answers are brought into view: the question at the top of the window, its answer below it. */

import { composer, questionBox } from "./gradio.js";
import { get, watch } from "./state.js";

/* Room below a short answer, so that its question can stand at the top of the window. Of one element and not a
   variable of the document, which would have every style in it computed anew. */
function leaveRoom(heading) {
  const end = heading.closest(".message-wrap, #pending");
  const room = parseFloat(end.style.paddingBottom) || 0;
  const used = end.getBoundingClientRect().bottom - heading.getBoundingClientRect().top - room;
  const above = parseFloat(getComputedStyle(heading).scrollMarginTop) || 0;
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

/* On paper everything is open. */
function unfold() {
  for (const turn of get("turns")) {
    for (const list of turn.answer.querySelectorAll("details:is(.references, .rest, .nearest)")) list.open = true;
  }
}

export function startView() {
  watch("newest", showNewest);
  window.addEventListener("beforeprint", unfold);
}
