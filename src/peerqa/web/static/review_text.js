/* The text of a review that is read beside the conversation: fetched, marked and scrolled to a passage. */

import { announceCitations } from "./citations.js";
import { scrollBehavior } from "./elements.js";

export const text = document.createElement("div");

let shown = ""; // the address of the review whose text this is
let loading = null;

export const shows = (address) => shown === address;

/* "/p/NAME:14.2?at=120" -> the review's address, the passage in it, and its sentences. */
export function placeOf(link) {
  const url = new URL(link.href);
  const [, name, number] = url.pathname.match(/^\/p\/(.*):([\d.]+)$/) || [];
  if (!name) return null;
  const anchor = `passage-${number.replace(".", "-")}`;
  const language = url.searchParams.get("lang");
  return {
    review: `/read/${name}${language ? `?lang=${language}` : ""}`,
    anchor,
    sentences: url.searchParams.getAll("at").map((at) => `${anchor}-at${at}`),
  };
}

async function fetchText(address) {
  const response = await fetch(address, { credentials: "omit" });
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const body = page.getElementById("main");
  const contents = body.querySelector("details.contents");
  if (contents) contents.open = false;
  text.replaceChildren(...body.childNodes);
  text.scrollTop = 0;
  announceCitations(text);
}

/* Fetches a review unless it is there or on its way. After a failure it can be tried again. */
export function load(address) {
  if (shown === address) return loading;
  shown = address;
  loading = fetchText(address).catch((error) => {
    shown = "";
    throw error;
  });
  return loading;
}

export const find = (id) => text.querySelector(`#${CSS.escape(id)}`);

/* The elements of a place: its sentences, or its passage. */
export function elementsOf(place) {
  const sentences = place.sentences.map(find).filter(Boolean);
  return sentences.length ? sentences : [find(place.anchor)].filter(Boolean);
}

/* Marks these elements and no others. */
export function mark(elements) {
  for (const old of text.querySelectorAll(".marked")) old.classList.remove("marked");
  for (const element of elements) element.classList.add("marked");
}

/* Brings an element or a range a quarter below the top, within the text alone. */
export function scrollTo(goal, behavior = scrollBehavior()) {
  if (!goal) return;
  const top = text.scrollTop + goal.getBoundingClientRect().top - text.getBoundingClientRect().top;
  text.scrollTo({ top: top - text.clientHeight / 4, behavior });
}
