/* The conversation: its questions, which stand in the address, and the turns that the server makes of them. */

import { carry, fragmentOf, fromFragment, fromQuery, sameQuestion, withinLimits } from "./asked.js";
import { say } from "./copies.js";
import { closest, scrollBehavior, targetOf } from "./elements.js";
import { embedded, plainPage, word } from "./from_server.js";
import {
  composer, conversation, putQuestion, questionBox, sendQuestions, shownTurns, startGradio, takeQuestion,
} from "./gradio.js";
import { get, set, watch } from "./state.js";
import { showPending, startWaiting } from "./waiting.js";

const plainTurns = plainPage.querySelector(".turns"); // the answers to the questions of the address, from the server
const GRACE = 600; // milliseconds that Gradio may take to show what it was sent

let unsent = false; // Gradio was not there yet
let number = 0; // of requests
let deadline = 0;

/* The turn whose answer holds a node. */
export function turnOf(node) {
  return get("turns").find((turn) => turn.answer.contains(node));
}

/* ---- what is asked ---- */

/* keep: how the address is changed, "replaceState" or "pushState"; "" where it says it already. */
function converse(asked, keep) {
  const wanted = withinLimits(asked);
  if (keep) {
    const address = new URL(window.location.href);
    address.searchParams.delete("q");
    address.hash = fragmentOf(wanted);
    window.history[keep](window.history.state, "", address);
  }
  set("asked", wanted);
  request();
  const heading = showQuestions();
  if (heading) toTop(heading);
}

function request() {
  clearTimeout(deadline);
  set("failed", false);
  set("waiting", true);
  number += 1;
  unsent = !sendQuestions(get("asked"), number);
}

export function ask(question) {
  const documents = new URLSearchParams(window.location.search).getAll("document");
  converse([...get("asked"), { question, section: get("section"), documents }], "replaceState");
}

function startAnew() {
  const before = get("asked");
  if (!before.length) return;
  converse([], "pushState");
  window.scrollTo({ top: 0 });
  questionBox()?.focus();
  say(word("cleared"), word("undo"), () => converse(before, "pushState"));
}

/* ---- what is shown ---- */

/* How many of the shown turns are those of the conversation, from the first. */
function answered(turns) {
  const asked = get("asked");
  const other = turns.findIndex((turn, index) => !asked[index] || !sameQuestion(turn.question, asked[index].question));
  return other < 0 ? turns.length : other;
}

/* Shows the questions that have no answer; returns the heading of the last. */
function showQuestions() {
  const root = document.documentElement.classList;
  const turns = get("turns");
  const known = answered(turns);
  const open = (get("waiting") && !plainTurns.hasChildNodes()) || get("failed");
  const pending = open ? get("asked").slice(known).map((one) => one.question) : [];
  root.toggle("conversing", get("asked").length > 0);
  root.toggle("stale", turns.length > known); // of another conversation: the server has not answered yet
  return showPending(pending, get("failed"), get("ready") ? conversation() : plainTurns);
}

function unchanged(turns, known) {
  const same = (turn, index) => turn.heading === known[index].heading && turn.answer === known[index].answer;
  return turns.length === known.length && turns.every(same);
}

function settled(chat) {
  if (unsent) request();
  const turns = shownTurns(chat);
  const known = get("turns");
  if (!unchanged(turns, known)) set("turns", turns);
  finish();
}

/* All questions have their answers: the page has nothing to wait for. */
function finish() {
  const turns = get("turns");
  const whole = turns.length === get("asked").length && (answered(turns) === turns.length || !get("asking"));
  if (!get("waiting") || !whole || unsent) return;
  clearTimeout(deadline);
  set("waiting", false);
  plainTurns.replaceChildren(); // Gradio's are the same
  showQuestions();
  document.documentElement.classList.add("live");
  set("newest", turns.at(-1) ?? null);
}

/* The response is there, and Gradio has had its time to show it. */
function giveUp() {
  if (!get("waiting")) return;
  finish();
  if (!get("waiting")) return;
  set("failed", true);
  set("waiting", false);
  showQuestions();
}

function whenAsked(asking) {
  clearTimeout(deadline);
  if (!asking && !unsent) deadline = setTimeout(giveUp, GRACE);
}

/* ---- bringing it into view ---- */

/* Room below a short answer, so that its question can stand at the top of the window. Of one element and not a
   variable of the document, which would have every style in it computed anew. */
function leaveRoom(heading) {
  const end = heading.closest(".message-wrap, #pending");
  const room = parseFloat(end.style.paddingBottom) || 0;
  const used = end.getBoundingClientRect().bottom - heading.getBoundingClientRect().top - room;
  const above = parseFloat(getComputedStyle(heading).scrollMarginTop) || 0;
  const spare = Math.max(0, Math.floor(window.innerHeight - above - used - (composer()?.offsetHeight || 0)));
  if (spare !== room) end.style.paddingBottom = `${spare}px`;
}

function toTop(heading, behavior = "auto") {
  leaveRoom(heading);
  heading.scrollIntoView({ behavior, block: "start" });
}

function showNewest(turn) {
  if (!turn) return;
  if (window.matchMedia("(pointer: coarse)").matches) questionBox()?.blur(); // the keyboard would cover the answer
  toTop(turn.heading);
}

/* A link in an answer goes to its passage: by the script, since the address of the page stays as it is. */
function followLink(event) {
  const link = closest(event, '#conversation a[href*="#"]:not(.link, .cite)');
  if (!link) return;
  event.preventDefault();
  const card = targetOf(link);
  if (!card) return;
  card.scrollIntoView({ behavior: scrollBehavior(), block: "center" });
  card.focus({ preventScroll: true });
}

/* ---- by key and mouse ---- */

function askTyped(event) {
  event.preventDefault();
  event.stopPropagation();
  const question = takeQuestion();
  if (question) ask(question);
}

function press(event) {
  const enter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (enter && event.target === questionBox()) askTyped(event);
}

function click(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = closest(event, "a");
  if (closest(event, "#question-box .submit-button")) askTyped(event);
  else if (link?.matches(".ask")) {
    event.preventDefault();
    ask(new URL(link.href).searchParams.getAll("q").at(-1));
  } else if (link?.matches("#masthead .new")) {
    event.preventDefault();
    startAnew();
  } else if (link) carry(link, window.location.hash);
}

function focusBox(event) {
  const typing = closest(event, "input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  questionBox()?.focus();
}

function openReferences() {
  for (const turn of get("turns")) {
    for (const list of turn.answer.querySelectorAll("details.references")) list.open = true;
  }
}

/* ---- beginning ---- */

/* The page was usable before Gradio came: what was typed meanwhile goes into its box, and so does the focus. */
function takeOver(ready) {
  if (!ready) return;
  const field = plainPage.querySelector("form [name=q]:not([type=hidden])");
  const focused = document.activeElement === field;
  plainPage.removeAttribute("role"); // Gradio's page has a main part of its own
  if (field.value) putQuestion(field.value);
  if (!get("asked").length) document.documentElement.classList.add("live");
  const desk = window.matchMedia("(hover: hover) and (pointer: fine)").matches;
  if (focused || (desk && !embedded && document.activeElement === document.body)) {
    questionBox().focus({ preventScroll: true });
  }
}

/* Without Gradio the form loads the page anew; the questions before it come along. */
function sendPlainly(event) {
  if (!event.target.matches("#plain form")) return;
  for (const old of event.target.querySelectorAll("input[type=hidden][name=q]")) old.remove();
  const typed = event.target.querySelector("[name=q]");
  for (const { question } of get("asked")) {
    typed.before(Object.assign(document.createElement("input"), { type: "hidden", name: "q", value: question }));
  }
}

function readAddress() {
  const asked = fromFragment();
  if (fragmentOf(asked) !== fragmentOf(get("asked"))) converse(asked, "");
}

export function startConversation() {
  watch("newest", showNewest);
  watch("waiting", (waiting) => document.documentElement.classList.toggle("asking", waiting));
  watch("asking", whenAsked);
  watch("ready", takeOver);
  document.addEventListener("keydown", press, true);
  document.addEventListener("click", click, true);
  document.addEventListener("click", followLink, true);
  document.addEventListener("submit", sendPlainly);
  document.addEventListener("keydown", focusBox);
  window.addEventListener("beforeprint", openReferences);
  window.addEventListener("popstate", readAddress);
  window.addEventListener("hashchange", readAddress);
  startWaiting(request);
  const linked = fromQuery(window.location.search);
  const asked = linked.length ? linked : fromFragment();
  if (asked.length) converse(asked, "replaceState");
  startGradio(settled);
}
