/* What a reader exports: the conversation as Markdown or on paper, and the works of all its answers. */

import { say } from "./copies.js";
import { closest } from "./elements.js";
import { masthead, word } from "./from_server.js";
import { get } from "./state.js";

const line = (node) => (node?.textContent || "").replace(/\s+/g, " ").trim();
const plain = (text) => text.replace(/([\\`*_[\]<>#])/g, "\\$1"); // none of it is notation

/* Follows a link to a file; the page stays. */
function download(address, name) {
  const link = document.createElement("a");
  link.href = address;
  if (name) link.download = name;
  link.click();
}

/* ---- the conversation ---- */

/* What an answer says, and the sentences that it quotes; a refusal claims none. */
function paragraphsOf(answer) {
  const said = [...answer.querySelectorAll(".verdict, .message")].map((node) => plain(line(node)));
  const words = [...answer.querySelectorAll(".tools .copied:first-of-type")];
  return [...said, ...words.map((node) => `> ${plain(line(node))}`)];
}

/* The name of a file for the conversation, after the review and its first question. */
function nameOf(turns) {
  const named = turns.map((turn) => turn.answer.querySelector("a.export")).find(Boolean);
  const name = named && new URL(named.href).searchParams.get("name");
  return `${name || line(masthead.querySelector("h1"))}`;
}

function markdown() {
  const parts = [`# ${plain(line(masthead.querySelector("h1")))}`];
  const works = new Set();
  for (const { question, answer } of get("turns")) {
    parts.push(`## ${plain(question.replace(/\s+/g, " ").trim())}`, ...paragraphsOf(answer));
    for (const entry of answer.querySelectorAll(".references .entry")) works.add(line(entry));
  }
  if (works.size) parts.push(`## ${word("works")}`, ...[...works].sort().map((entry) => `- ${plain(entry)}`));
  return `${parts.join("\n\n")}\n`;
}

function saveConversation() {
  const address = URL.createObjectURL(new Blob([markdown()], { type: "text/markdown" }));
  download(address, `${nameOf(get("turns"))}.md`);
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/* ---- the works ---- */

/* From the links that each answer has for its own works. */
function saveWorks(format) {
  const links = get("turns").flatMap((turn) => [...turn.answer.querySelectorAll(`a.export.${format}`)]);
  if (!links.length) {
    say(word("nothing"));
    return;
  }
  const works = new Set(links.flatMap((link) => new URL(link.href).searchParams.getAll("work")));
  const address = new URL(links[0].href);
  const said = [["name", nameOf(get("turns"))], ...[...works].map((work) => ["work", work])];
  address.search = new URLSearchParams(said).toString();
  download(address.href);
}

function click(event) {
  const button = closest(event, "button.all, button.markdown, button.print");
  if (button?.matches(".markdown")) saveConversation();
  else if (button?.matches(".print")) window.print();
  else if (button) saveWorks(["txt", "bib", "ris"].find((format) => button.classList.contains(format)));
}

export function startExports() {
  document.addEventListener("click", click);
}
