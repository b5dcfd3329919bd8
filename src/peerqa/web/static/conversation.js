/* The conversation: its questions, which stand in the address, and the turns that the server makes of them. */

import { carry, fragmentOf, fromFragment, fromQuery, sameQuestion, withinLimits } from "./asked.js";
import { say } from "./copies.js";
import { closest } from "./elements.js";
import { plainTurns, word } from "./from_server.js";
import { conversation, questionBox, sendQuestions, shownTurns, startGradio, takeQuestion } from "./gradio.js";
import { get, set, watch } from "./state.js";
import { toTop } from "./view.js";
import { showPending, startWaiting } from "./waiting.js";

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

/* ---- beginning ---- */

function readAddress() {
  const asked = fromFragment();
  if (fragmentOf(asked) !== fragmentOf(get("asked"))) converse(asked, "");
}

export function startConversation() {
  watch("waiting", (waiting) => document.documentElement.classList.toggle("asking", waiting));
  watch("asking", whenAsked);
  document.addEventListener("keydown", press, true);
  document.addEventListener("click", click, true);
  document.addEventListener("keydown", focusBox);
  window.addEventListener("popstate", readAddress);
  window.addEventListener("hashchange", readAddress);
  startWaiting(() => {
    request();
    showQuestions();
  });
  const linked = fromQuery(window.location.search);
  const asked = linked.length ? linked : fromFragment();
  if (asked.length) converse(asked, "replaceState");
  startGradio(settled);
}
