/* The questions that have no answer yet: each stands at once, over grey lines where its answer will be; if there is
   none, it says so and can be asked again. */

import { lookNow } from "./connection.js";
import { closest } from "./elements.js";
import { word } from "./from_server.js";
import { get, watch } from "./state.js";

const holder = document.createElement("div");

function button(label, kind) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = label;
  return made;
}

function turn(question, failed) {
  const heading = document.createElement("h2");
  const below = document.createElement("div");
  heading.className = "question";
  heading.textContent = question;
  below.className = failed ? "failure" : "skeleton";
  if (failed) {
    const line = document.createElement("p");
    line.textContent = word("not-answered");
    below.append(line, button(word("try-again"), "again"));
  } else {
    below.append(...[1, 2, 3].map(() => document.createElement("span")));
  }
  return [heading, below];
}

/* Shows these questions behind `before`. failed: they could not be answered. Returns the heading of the last one. */
export function showPending(questions, failed, before) {
  holder.replaceChildren(...questions.flatMap((question) => turn(question, failed)));
  holder.hidden = !questions.length;
  if (holder.previousElementSibling !== before) before.after(holder);
  return [...holder.querySelectorAll("h2")].at(-1);
}

/* The question that the page is working on, told to screen readers. */
export function startWaiting(again) {
  holder.id = "pending";
  holder.hidden = true;
  watch("waiting", (waiting) => holder.setAttribute("aria-busy", String(waiting)));
  document.addEventListener("click", (event) => {
    if (!closest(event, "button.again")) return;
    if (get("lost")) lookNow();
    again();
  });
}
