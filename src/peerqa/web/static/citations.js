/* The popover of a citation: the entries that it stands for, beside it, by mouse, finger or key. */

import { closest, targetOf } from "./elements.js";
import { word } from "./from_server.js";
import { get, set, watch } from "./state.js";

const HOVER_DELAY = 150; // milliseconds
const GAP = 8; // pixels to the citation, and to the edges of the window

const popover = document.createElement("div");
let pinned = false; // opened by a click or a key: stays until dismissed
let timer = 0;
let moved = -Infinity; // when the pointer itself moved last
let returning = false; // the focus goes back to a citation whose popover was just closed

const citationAt = (event) => closest(event, "a.cite");

function within(node) {
  return node instanceof Node && (popover.contains(node) || Boolean(get("citation")?.contains(node)));
}

/* Says to screen readers that the citations in an element open something. */
export function announceCitations(element) {
  for (const link of element.querySelectorAll("a.cite:not([aria-haspopup])")) {
    link.setAttribute("aria-haspopup", "dialog");
    link.setAttribute("aria-expanded", "false");
  }
}

/* ---- what it shows, and where ---- */

function paragraphOf(link, entry) {
  const paragraph = document.createElement("p");
  if (link.textContent) {
    const label = document.createElement("span");
    label.className = "candidate";
    label.textContent = `${link.textContent} `;
    paragraph.append(label);
  }
  paragraph.append(entry.cloneNode(true));
  return paragraph;
}

function fill(note) {
  const doubts = [...note.querySelectorAll(".doubt")].map((doubt) => doubt.cloneNode(true));
  const entries = [];
  for (const link of note.querySelectorAll("a")) {
    const entry = targetOf(link)?.querySelector(".entry");
    if (entry) entries.push(paragraphOf(link, entry));
  }
  popover.replaceChildren(...doubts, ...entries);
}

function place() {
  const line = [...(get("citation")?.getClientRects() ?? [])].at(-1); // a citation may be broken over two lines
  if (!line) return;
  const box = popover.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(line.left, document.documentElement.clientWidth - box.width - GAP));
  const below = line.bottom + GAP;
  const above = line.top - GAP - box.height;
  const fitsBelow = below + box.height <= window.innerHeight - GAP;
  popover.style.left = `${left}px`;
  popover.style.top = `${!fitsBelow && above > GAP ? above : below}px`;
}

/* ---- opening and closing ---- */

function open(link, keep) {
  clearTimeout(timer);
  const note = targetOf(link);
  if (!note) return;
  if (get("citation") !== link) {
    close();
    fill(note);
    set("citation", link);
    link.setAttribute("aria-expanded", "true");
    // Right after its citation, so that Tab goes on into it and a screen reader finds it there.
    (link.closest("mark") || link).after(popover);
    if (popover.showPopover) {
      popover.setAttribute("popover", "manual");
      popover.showPopover();
    }
    popover.classList.add("open");
  }
  pinned = pinned || keep;
  place();
}

function close() {
  clearTimeout(timer);
  const link = get("citation");
  if (!link) return;
  link.setAttribute("aria-expanded", "false");
  set("citation", null);
  pinned = false;
  popover.classList.remove("open");
  popover.remove();
}

/* Closes it, and gives the focus back to its citation where it was inside. */
function dismiss() {
  const link = get("citation");
  const inside = popover.contains(document.activeElement);
  close();
  returning = true;
  if (inside) link.focus();
  returning = false;
}

/* ---- by mouse, finger and key ---- */

/* Not where the page moved under a pointer at rest. */
function openIfMeant(link) {
  if (performance.now() - moved < 2 * HOVER_DELAY) open(link, false);
}

function hover(event) {
  if (event.pointerType === "touch") return;
  const link = citationAt(event);
  const opened = get("citation");
  clearTimeout(timer);
  if (link && link !== opened) timer = setTimeout(() => openIfMeant(link), HOVER_DELAY);
  else if (opened && !pinned && !within(event.target)) timer = setTimeout(close, 2 * HOVER_DELAY);
}

function focus(event) {
  const link = citationAt(event);
  if (link && !returning && link.matches(":focus-visible")) open(link, false);
  else if (!within(event.target)) close();
}

function click(event) {
  const link = citationAt(event);
  if (link) {
    event.preventDefault();
    if (get("citation") === link && pinned) close();
    else open(link, true);
  } else if (!within(event.target)) close();
}

function press(event) {
  const link = citationAt(event);
  if (event.key === "Escape" && get("citation")) dismiss();
  else if (link && (event.key === " " || event.key === "Enter")) {
    event.preventDefault();
    open(link, true);
  }
}

export function startCitations() {
  popover.id = "citation-popover";
  popover.setAttribute("role", "dialog");
  popover.setAttribute("aria-label", word("reference"));
  announceCitations(document);
  watch("turns", (turns) => {
    for (const turn of turns) announceCitations(turn.answer);
    if (!get("citation")?.isConnected) close(); // Gradio has made its answer anew
  });
  document.addEventListener("pointermove", (event) => {
    if (event.movementX || event.movementY) moved = performance.now();
  }, { capture: true, passive: true });
  document.addEventListener("pointerover", hover);
  document.addEventListener("focusin", focus);
  document.addEventListener("click", click, true);
  document.addEventListener("keydown", press);
  window.addEventListener("scroll", place, { passive: true, capture: true });
  window.addEventListener("resize", place);
}
