/* The review beside the conversation: a pane from 1000 px, a sheet below that, opened and marked at a passage. What is
   opened is an entry of the browser's history, so that Back closes it. */

import { turnOf } from "./conversation.js";
import { closest } from "./elements.js";
import { embedded, reviewLink, word } from "./from_server.js";
import { buildHead, focusFind, head, stopAt } from "./review_head.js";
import { elementsOf, find, load, mark, placeOf, scrollTo, shows, text } from "./review_text.js";
import { get, watch } from "./state.js";

const wide = window.matchMedia("(min-width: 1000px)");
const pane = document.createElement("aside");
const sheet = document.createElement("dialog");
let opener = null; // the link that opened the sheet
let entered = false; // the pane was opened by an entry of the history, after a reader had closed it
let wanted = true; // the pane, where there is room: until a reader closes it

function build() {
  const label = reviewLink?.getAttribute("aria-label") || word("review");
  const closer = document.createElement("button");
  pane.id = "review-pane";
  sheet.id = "review-sheet";
  for (const element of [pane, sheet, text]) element.setAttribute("aria-label", label);
  text.className = "reading whole";
  text.tabIndex = 0;
  text.setAttribute("role", "region");
  closer.type = "button";
  closer.className = "closer";
  closer.setAttribute("aria-label", word("close"));
  closer.textContent = "×";
  closer.addEventListener("click", close);
  buildHead(closer);
  document.body.append(pane, sheet);
}

const roomBeside = () => wide.matches && !embedded;
const beside = () => roomBeside() && wanted;

/* The same text stands in the pane or in the sheet, by the width of the window. */
function layOut() {
  const used = beside() && (reviewLink !== null || get("asked").length > 0);
  document.documentElement.classList.toggle("two-panes", used);
  if (roomBeside() && sheet.open) close();
  const holder = roomBeside() ? pane : sheet;
  if (text.parentElement !== holder) holder.append(head, text); // each time, all of it would be laid out anew
}

/* ---- opening and closing ---- */

function open() {
  const kind = roomBeside() ? "pane" : "sheet";
  const isOpen = kind === "pane" ? wanted : sheet.open;
  wanted = true;
  if (kind === "sheet" && !sheet.open) sheet.showModal();
  if (!isOpen && window.history.state?.review !== kind) {
    window.history.pushState({ review: kind }, "");
    entered = kind === "pane";
  }
  layOut();
}

function shut() {
  if (sheet.open) sheet.close();
  else {
    wanted = false;
    layOut();
  }
}

function close() {
  if (window.history.state?.review) window.history.back();
  else shut();
}

function followHistory() {
  const kind = window.history.state?.review;
  if (!kind && sheet.open) sheet.close();
  else if (!kind && entered) shut();
  else if (kind && text.hasChildNodes()) open();
  entered = kind === "pane";
}

/* ---- a place in it ---- */

/* Shows the place that a link names, with all sentences of its answer marked. asked: a reader asked for it. */
async function show(link, asked) {
  const place = placeOf(link);
  if (!place) return;
  const known = shows(place.review);
  try {
    await load(place.review);
  } catch {
    if (asked) window.location.assign(link.href); // the passage has a page of its own
    return;
  }
  if (asked) {
    opener = link;
    open();
  }
  const links = [...(turnOf(link)?.answer.querySelectorAll(".quote .source a.read") ?? [])];
  const places = links.map(placeOf).filter((one) => one?.review === place.review);
  const goals = elementsOf(place);
  const stops = places.flatMap(elementsOf);
  mark([...new Set([...stops, ...goals])]);
  stopAt(stops, goals[0]);
  scrollTo(goals[0], known ? undefined : "auto");
}

async function showWhole() {
  try {
    await load(reviewLink.pathname + reviewLink.search);
  } catch {
    window.location.assign(reviewLink.href);
    return;
  }
  opener = reviewLink;
  open();
}

function goWithin(link) {
  const goal = find(link.hash.slice(1));
  scrollTo(goal);
  goal?.focus({ preventScroll: true });
}

/* ---- by mouse and key ---- */

function click(event) {
  const link = closest(event, "a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const inside = text.contains(link) && link.hash && link.pathname === window.location.pathname;
  if (link.matches("#conversation a.read")) {
    event.preventDefault();
    show(link, true);
  } else if (link === reviewLink) {
    event.preventDefault();
    showWhole();
  } else if (inside && !link.classList.contains("cite")) {
    event.preventDefault();
    goWithin(link);
  }
}

function press(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || !text.hasChildNodes()) return;
  event.preventDefault();
  open();
  focusFind();
}

/* A new answer opens the review at its first passage, where there is room for both; the answer is painted first. */
function openAtAnswer(turn) {
  const link = beside() ? turn?.answer.querySelector(".lead .source a.read") : null;
  if (link) requestAnimationFrame(() => setTimeout(() => show(link, false)));
  else {
    mark([]); // nothing in it answers
    stopAt([]);
  }
}

export function startReviewPane() {
  build();
  layOut();
  wide.addEventListener("change", layOut);
  document.addEventListener("click", click);
  document.addEventListener("keydown", press);
  sheet.addEventListener("close", () => opener?.focus());
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) close(); // beside the sheet
  });
  sheet.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  window.addEventListener("popstate", followHistory);
  watch("asked", layOut);
  watch("newest", openAtAnswer);
  if (reviewLink && beside()) load(reviewLink.pathname + reviewLink.search).catch(() => {});
}
