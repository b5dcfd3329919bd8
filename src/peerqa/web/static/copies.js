/* What a reader copies: quotes, citations, a link; and the line that says that it was done. */

import { closest } from "./elements.js";
import { word } from "./from_server.js";

const status = document.createElement("div");
let timer = 0;

/* Says something for a moment, to screen readers too. undo, undoes: the label of a button, and what it does. */
export function say(words, undo, undoes) {
  clearTimeout(timer);
  status.textContent = words;
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = undo;
    button.addEventListener("click", () => {
      status.classList.remove("shown");
      undoes();
    });
    status.append(" ", button);
  }
  status.classList.add("shown");
  timer = setTimeout(() => status.classList.remove("shown"), undo ? 10000 : 2500);
}

/* Closes the menu of the tool that did its work. Where the clipboard is closed (some frames), the text in `holder` is
   shown and selected instead. */
async function copy(text, tool, holder) {
  const menu = tool.closest("details.tools");
  try {
    await navigator.clipboard.writeText(text);
    say(word("copied"));
    if (menu) menu.open = false;
  } catch {
    if (!holder) {
      say(text);
      return;
    }
    holder.classList.add("shown");
    window.getSelection().selectAllChildren(holder);
    say(word("selected"));
  }
}

function click(event) {
  const button = closest(event, "button.copy");
  if (button) copy(button.nextElementSibling.textContent, button, button.nextElementSibling);
  const link = closest(event, "a.share");
  if (!link) return;
  event.preventDefault();
  copy(link.href, link, null);
}

export function startCopies() {
  status.id = "said";
  status.setAttribute("role", "status");
  document.body.append(status);
  document.addEventListener("click", click);
}
