/* What an address chooses: starters, and a section to search in; inside another page, it is told how high the content is. */
(() => {
  "use strict";

  const chosen = new URLSearchParams(window.location.search);
  const scope = document.querySelector("#scope[data-section]"); // written by the server, for a section that there is
  const own = chosen.getAll("starter").map((text) => text.trim()).filter(Boolean).slice(0, 8);
  const starters = own.length ? own : [...document.querySelectorAll("#scope .starters li")].map((one) => one.textContent);
  let told = 0;

  /* Only what has a height of its own is measured: the height of the document would follow that of the frame, and grow. */
  function tell() {
    const column = document.querySelector(".gradio-container main > .column, .gradio-container .column");
    const masthead = document.getElementById("masthead");
    if (!column || !masthead || window.parent === window) return;
    const height = Math.ceil(masthead.offsetHeight + column.getBoundingClientRect().height + 24);
    if (Math.abs(height - told) < 2) return;
    told = height;
    window.parent.postMessage({ peerqa: { height } }, "*");
    window.parent.postMessage(JSON.stringify({ subject: "lti.frameResize", height }), "*");
  }

  function ask(question) {
    const field = document.querySelector("#question-box textarea, #question-box input");
    const button = document.querySelector("#question-box .submit-button");
    if (!field || !button) return;
    field.value = question;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => button.click());
  }

  /* Which section is searched stands in a box out of sight, which goes with each question. */
  let limited = Boolean(scope);

  function limit() {
    const field = document.querySelector("#section-box textarea, #section-box input");
    const wanted = limited ? scope.dataset.section : "";
    if (!field || field.value === wanted) return;
    field.value = wanted;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button.widen, button.narrow-again") : null;
    if (!button || !scope) return;
    limited = button.classList.contains("narrow-again");
    scope.classList.toggle("narrowed", limited);
    scope.classList.toggle("widened", !limited);
    limit();
    const answer = button.closest(".answer");
    if (!answer) return scope.querySelector(limited ? ".widen" : ".narrow-again").focus();
    const answers = [...document.querySelectorAll("#conversation .answer")];
    const question = document.querySelectorAll("#conversation h2.question")[answers.indexOf(answer)];
    if (question) ask(question.textContent);
  });

  /* In the place of Gradio's own starters, and looking like them. */
  function offer() {
    const examples = document.querySelector("#conversation .examples");
    if (!examples || examples.dataset.chosen || !starters.length) return;
    examples.dataset.chosen = "yes";
    for (const old of examples.querySelectorAll(".example")) old.hidden = true;
    for (const text of starters) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "example";
      button.textContent = text;
      button.addEventListener("click", () => ask(text));
      examples.append(button);
    }
  }

  const sizes = new ResizeObserver(tell);
  new MutationObserver(() => {
    offer();
    if (scope) limit();
    for (const one of document.querySelectorAll("#masthead, .gradio-container .column")) sizes.observe(one);
    tell();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
