/* The review beside the conversation: a pane from 1000 px, a sheet below that, opened and marked at a passage. */

import { closest } from "./elements.js";
import { embedded, reviewLink, word } from "./from_server.js";
import { find, load, mark, placeOf, scrollTo, shows, text } from "./review_text.js";
import { get, watch } from "./state.js";

const wide = window.matchMedia("(min-width: 1000px)");
const pane = document.createElement("aside");
const sheet = document.createElement("dialog");
let opener = null; // the link that opened the sheet or took the focus to the pane

function build() {
  const label = reviewLink?.textContent || "Review";
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
  closer.addEventListener("click", closeSheet);
  sheet.append(closer);
  document.body.append(pane, sheet);
}

const beside = () => wide.matches && !embedded;

/* The same text stands in the pane or in the sheet, by the width of the window. */
function layOut() {
  document.documentElement.classList.toggle("two-panes", beside());
  if (beside() && sheet.open) closeSheet();
  (beside() ? pane : sheet).append(text);
}

/* The open sheet is an entry of the browser's history, so that Back closes it. */
function openSheet() {
  if (sheet.open) return;
  sheet.showModal();
  if (!window.history.state?.sheet) window.history.pushState({ sheet: true }, "");
}

function closeSheet() {
  if (window.history.state?.sheet) window.history.back();
  else sheet.close();
}

function followHistory() {
  if (!window.history.state?.sheet) sheet.close();
  else if (!beside() && text.hasChildNodes()) sheet.showModal();
}

/* ---- opening it at a place ---- */

async function show(link, focus) {
  const place = placeOf(link);
  if (!place) return;
  const known = shows(place.review);
  try {
    await load(place.review);
  } catch {
    if (focus) window.location.assign(link.href); // the passage has a page of its own
    return;
  }
  if (focus && !wide.matches) openSheet();
  const { passage, goal } = mark(place);
  if (known) scrollTo(goal);
  else scrollTo(goal, "auto");
  if (focus && passage) {
    opener = link;
    passage.focus({ preventScroll: true });
  }
}

async function showWhole() {
  try {
    await load(reviewLink.pathname + reviewLink.search);
  } catch {
    window.location.assign(reviewLink.href);
    return;
  }
  if (!wide.matches) openSheet();
  opener = reviewLink;
  text.focus();
}

/* A sentence that answers goes to its card in the conversation, and the pane goes along to the same sentence. */
function follow(link) {
  const read = document.getElementById(link.hash.slice(1))?.querySelector("a.read");
  if (!read) return;
  const copy = read.cloneNode();
  const at = link.closest(".quote")?.id.split("-h")[1];
  if (at) {
    const url = new URL(copy.href);
    url.searchParams.delete("at");
    url.searchParams.append("at", at);
    copy.href = url.href;
  }
  show(copy, false);
}

function goWithin(link) {
  const goal = find(link.hash.slice(1));
  scrollTo(goal);
  goal?.focus({ preventScroll: true });
}

/* ---- by mouse and key ---- */

function click(event) {
  const link = closest(event, "a");
  if (!link || embedded || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const inside = text.contains(link) && link.hash && link.pathname === window.location.pathname;
  if (link.classList.contains("read")) {
    event.preventDefault();
    show(link, true);
  } else if (link === reviewLink) {
    event.preventDefault();
    showWhole();
  } else if (link.classList.contains("where") && wide.matches) follow(link);
  else if (inside && !link.classList.contains("cite")) {
    event.preventDefault();
    goWithin(link);
  }
}

function leave(event) {
  if (event.key === "Escape" && !sheet.open && !get("citation") && opener?.isConnected) opener.focus();
}

/* A new answer opens the review at its first passage, where there is room for both; the answer is painted first. */
function openAtAnswer(turn) {
  const link = beside() ? turn?.answer.querySelector("a.read") : null;
  if (link) requestAnimationFrame(() => setTimeout(() => show(link, false)));
}

export function startReviewPane() {
  build();
  layOut();
  wide.addEventListener("change", layOut);
  document.addEventListener("click", click);
  text.addEventListener("keydown", leave);
  sheet.addEventListener("close", () => opener?.focus());
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) closeSheet(); // beside the sheet
  });
  sheet.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeSheet();
  });
  window.addEventListener("popstate", followHistory);
  watch("newest", openAtAnswer);
  if (reviewLink && beside()) load(reviewLink.pathname + reviewLink.search).catch(() => {});
}
