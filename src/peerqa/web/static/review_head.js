/* Above the review that is read beside the conversation: the section that one is in, the stops (the sentences of the
   answer, or the words looked for) with forward and back, and a field that finds words. */

import { word } from "./from_server.js";
import { scrollTo, text } from "./review_text.js";

const LEAST = 2; // letters that are looked for
const MOST = 500; // places that are found

export const head = document.createElement("div");
const section = document.createElement("p");
const count = document.createElement("span");
const field = document.createElement("input");
const ways = [button("‹", "earlier-match", -1), button("›", "later-match", 1)];

let ofAnswer = []; // the elements of the answer's sentences
let stops = []; // those, or the ranges of the words that were found
let current = -1;

function button(sign, name, step) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sign;
  made.setAttribute("aria-label", word(name));
  made.addEventListener("click", () => go(step));
  return made;
}

/* ---- the stops ---- */

function tell() {
  const finding = field.value.trim().length >= LEAST;
  const told = stops.length ? word("match-of").replace("#", current + 1).replace("#", stops.length) : word("no-match");
  count.textContent = stops.length || finding ? told : "";
  for (const way of ways) way.disabled = stops.length < 2;
  head.classList.toggle("with-stops", stops.length > 0 || finding);
}

function setStops(found, first) {
  stops = found;
  current = stops.length ? Math.max(0, first) : -1;
  tell();
}

function go(step) {
  if (!stops.length) return;
  current = (current + step + stops.length) % stops.length;
  tell();
  showFound();
  scrollTo(stops[current]);
}

/* Tells which sentences of the answer are in this review, and at which of them one is. */
export function stopAt(elements, element) {
  ofAnswer = elements;
  if (field.value) field.value = "";
  setStops(elements, elements.indexOf(element));
  showFound();
  scrolled();
}

/* ---- finding words ---- */

function rangesOf(words) {
  const found = [];
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && found.length < MOST; node = walker.nextNode()) {
    if (node.parentElement.closest(".notes, .contents")) continue;
    const inside = node.data.toLocaleLowerCase();
    for (let at = inside.indexOf(words); at >= 0; at = inside.indexOf(words, at + words.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + words.length);
      found.push(range);
    }
  }
  return found;
}

function showFound() {
  if (!window.CSS.highlights) return;
  const ranges = stops.filter((stop) => stop instanceof Range);
  window.CSS.highlights.set("found", new Highlight(...(field.value ? ranges : [])));
  window.CSS.highlights.set("found-here", new Highlight(...(field.value && ranges.length ? [stops[current]] : [])));
}

function look() {
  const words = field.value.trim().toLocaleLowerCase();
  if (words.length < LEAST) {
    setStops(ofAnswer, 0);
    showFound();
    return;
  }
  setStops(rangesOf(words), 0);
  showFound();
  scrollTo(stops[current], "auto");
}

function press(event) {
  if (event.key === "Enter") {
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  } else if (event.key === "Escape" && field.value) {
    event.stopPropagation();
    field.value = "";
    look();
  }
}

/* ---- the section that one is in ---- */

function nameSection() {
  const top = text.getBoundingClientRect().top + text.clientHeight / 4 + 4;
  const above = [...text.querySelectorAll("h1, h2, h3, h4")].filter((one) => one.getBoundingClientRect().top < top);
  const heading = above.at(-1);
  section.textContent = heading?.textContent ?? "";
  section.lang = heading?.lang ?? "";
}

let waiting = false;

function scrolled() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    nameSection();
  });
}

export function focusFind() {
  field.focus();
  field.select();
}

/* closer: the button that closes what the head stands in. */
export function buildHead(closer) {
  head.className = "review-head";
  section.className = "section-name";
  count.className = "count";
  count.setAttribute("role", "status");
  field.type = "search";
  field.placeholder = word("find");
  field.setAttribute("aria-label", word("find"));
  field.title = "Ctrl+K";
  field.addEventListener("input", look);
  field.addEventListener("keydown", press);
  const moves = document.createElement("span");
  moves.className = "moves";
  moves.append(count, ...ways);
  head.append(section, field, moves, closer);
  text.addEventListener("scroll", scrolled, { passive: true });
  new ResizeObserver(scrolled).observe(text);
  tell();
}
