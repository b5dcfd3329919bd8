/* What the server wrote into the document for the scripts. It is there before they run, and stays as it is. */

export const embedded = document.documentElement.classList.contains("embedded");
export const masthead = document.getElementById("masthead");
export const plainPage = document.getElementById("plain"); // what is there without Gradio
export const plainTurns = plainPage?.querySelector(".turns"); // the answers to the questions of the address
export const reviewLink = document.querySelector("#masthead .whole"); // to the whole review, where there is one review
/* The line on the only section that is searched. */
export const sectionLine = document.querySelector("#scope[data-section]");

/* One of the words that scripts say, in the language of the page. */
export function word(name) {
  return document.querySelector(`.words .${name}`)?.textContent || name;
}
