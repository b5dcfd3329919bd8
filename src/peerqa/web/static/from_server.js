/* What the server wrote into the document for the scripts. It is there before they run, and stays as it is. */

export const embedded = document.documentElement.classList.contains("embedded");
export const masthead = document.getElementById("masthead");
export const reviewLink = document.querySelector("#masthead .whole"); // to the whole review, where there is one review
/* The line on the only section that is searched. */
export const sectionLine = document.querySelector("#scope[data-section]");

const asked = new URLSearchParams(window.location.search);

export const linkedQuestion = asked.get("q");

/* Up to eight questions to begin with that the address names, or those for the section that it names. */
const named = asked.getAll("starter").map((text) => text.trim()).filter(Boolean).slice(0, 8);
const ofSection = [...document.querySelectorAll("#scope .starters li")].map((item) => item.textContent);
export const starters = named.length ? named : ofSection;

/* One of the words that scripts say, in the language of the page. */
export function word(name) {
  return document.querySelector(`.words .${name}`)?.textContent || name;
}
