/* The connection to the server. What the conversation asks waits until there is one, and is then sent again; Gradio,
   which would give up for ever, is not told. All that is known of Gradio's requests stands here. */

import { closest } from "./elements.js";
import { word } from "./from_server.js";
import { get, set, watch } from "./state.js";

const ASKS = /\/gradio_api\/run\/predict$/;
const BEATS = /\/gradio_api\/heartbeat\//;
const AWAY = [502, 503, 504]; // what stands before a server says so while it is gone
const PAUSE = 700; // milliseconds between two looks

const send = window.fetch.bind(window);
const line = document.createElement("p");
let returned = null; // resolved once the server answers again; null while nothing is amiss
let look = null; // looks at once
let leaving = false; // the reader goes to another page, which ends all requests

const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

async function answers() {
  try {
    const response = await send("/healthz", { cache: "no-store", credentials: "omit" });
    return !AWAY.includes(response.status);
  } catch {
    return false;
  }
}

/* Looks until the server answers; the first look that fails says that the connection is lost. */
async function untilItAnswers() {
  while (!(await answers())) {
    if (!leaving) set("lost", true);
    await Promise.race([pause(PAUSE), new Promise((done) => { look = done; })]);
  }
  returned = null;
  set("lost", false);
}

function connected() {
  returned ??= untilItAnswers();
  return returned;
}

/* ---- Gradio's requests ---- */

async function ask(address, options) {
  set("asking", get("asking") + 1);
  try {
    for (;;) {
      try {
        const response = await send(address, options);
        if (!AWAY.includes(response.status)) return response;
      } catch { /* no connection */ }
      await connected();
    }
  } finally {
    setTimeout(() => set("asking", get("asking") - 1)); // when Gradio has read the response
  }
}

/* A request that stays open as long as the page: its end tells at once that the server is gone. */
async function beat(address, options, controller) {
  for (;;) {
    try {
      const reader = (await send(address, options)).body.getReader();
      while (!(await reader.read()).done);
    } catch { /* no connection */ }
    if (options?.signal?.aborted) break;
    await connected();
    await pause(PAUSE);
  }
  controller.close();
}

function fetchPatiently(address, options) {
  const path = new URL(address.url ?? address, window.location.href).pathname;
  if (ASKS.test(path)) return ask(address, options);
  if (!BEATS.test(path)) return send(address, options);
  const body = new ReadableStream({ start: (controller) => { beat(address, options, controller); } });
  return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
}

/* ---- what the reader sees ---- */

function say(lost) {
  line.textContent = lost ? word("lost") : "";
  document.documentElement.classList.toggle("lost", lost);
}

/* A link that would lead to the browser's own page of errors, and away from the conversation. */
function hold(event) {
  const link = closest(event, "a[href]");
  if (!get("lost") || !link || link.origin !== window.location.origin || event.defaultPrevented) return;
  if (link.hash && link.pathname === window.location.pathname) return;
  event.preventDefault();
  line.textContent = word("lost-link");
  setTimeout(() => say(get("lost")), 2500);
}

export function startConnection() {
  line.id = "connection";
  line.setAttribute("role", "status");
  document.body.append(line);
  window.fetch = fetchPatiently;
  watch("lost", say);
  window.addEventListener("offline", connected);
  window.addEventListener("online", () => look?.());
  window.addEventListener("pagehide", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("click", hold);
  if (!navigator.onLine) connected();
}

/* Looks for the server now and not in a moment. */
export const lookNow = () => look?.();
