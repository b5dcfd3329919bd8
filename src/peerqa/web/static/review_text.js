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

/* Marks the sentences of a place, or its passage; gives the passage, and where to scroll. */
export function mark(place) {
  for (const old of text.querySelectorAll(".marked")) old.classList.remove("marked");
  const passage = find(place.anchor);
  const sentences = place.sentences.map(find).filter(Boolean);
  for (const element of sentences.length ? sentences : [passage]) element?.classList.add("marked");
  return { passage, goal: sentences[0] || passage };
}

/* Brings an element a quarter below the top, within the text alone. */
export function scrollTo(goal, behavior = scrollBehavior()) {
  if (!goal) return;
  const top = text.scrollTop + goal.getBoundingClientRect().top - text.getBoundingClientRect().top;
  text.scrollTo({ top: top - text.clientHeight / 4, behavior });
}
