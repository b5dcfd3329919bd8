/* Where the instructor keeps them: whether an answer helped. */

import { turnOf } from "./conversation.js";
import { say } from "./copies.js";
import { closest } from "./elements.js";
import { word } from "./from_server.js";

const passageOf = (link) => decodeURIComponent(new URL(link.href).pathname.slice("/p/".length));

async function rate(button) {
  const { question, answer } = turnOf(button);
  const passages = [...answer.querySelectorAll("a.read")].map(passageOf);
  const thumb = button.classList.contains("up") ? "up" : "down";
  const response = await fetch("/api/feedback", {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question, passages, thumb }),
  });
  if (!response.ok) return;
  for (const other of answer.querySelectorAll(".thumb")) other.disabled = true;
  say(word("thanks"));
}

export function startFeedback() {
  document.addEventListener("click", (event) => {
    const button = closest(event, "button.thumb");
    if (button) rate(button).catch(() => {}); // without a connection, the thumb can be given again
  });
}
