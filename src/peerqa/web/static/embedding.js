/* The page inside another page: tells it how high the content is, and shows the starters that the instructor chose. */
(() => {
  "use strict";

  const chosen = new URLSearchParams(window.location.search);
  const starters = chosen.getAll("starter").map((text) => text.trim()).filter(Boolean).slice(0, 8);
  const section = (chosen.get("section") || "").trim();
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

  /* In the place of Gradio's own starters, and looking like them. */
  function offer() {
    const examples = document.querySelector("#conversation .examples");
    if (!examples || examples.dataset.chosen || (!starters.length && !section)) return;
    examples.dataset.chosen = "yes";
    if (section) {
      const note = document.createElement("p");
      note.className = "focus-note";
      note.textContent = section;
      examples.before(note);
    }
    if (!starters.length) return;
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
    for (const one of document.querySelectorAll("#masthead, .gradio-container .column")) sizes.observe(one);
    tell();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
