/* The behaviour of the page that its HTML cannot have by itself: popovers of citations, links inside the page, keys.
   Everything is delegated from the document, because Gradio makes and replaces the conversation when it likes. */
(() => {
  "use strict";

  const HOVER_DELAY = 150;
  const GAP = 8;
  const popover = document.createElement("div");
  let chip = null; // the citation whose popover is open
  let pinned = false; // opened by a click or a key: stays until dismissed
  let timer = 0;
  let returning = false; // the focus goes back to a citation whose popover was just closed

  popover.id = "citation-popover";
  popover.setAttribute("role", "dialog");
  popover.setAttribute("aria-label", document.querySelector(".words .reference")?.textContent || "Reference");

  const target = (link) => document.getElementById(link.getAttribute("href").split("#")[1] || "");

  /* ---- citation popovers ---- */

  function fill(note) {
    const parts = [];
    for (const doubt of note.querySelectorAll(".doubt")) parts.push(doubt.cloneNode(true));
    for (const link of note.querySelectorAll("a")) {
      const entry = target(link)?.querySelector(".entry");
      if (!entry) continue;
      const paragraph = document.createElement("p");
      if (link.textContent) {
        const label = document.createElement("span");
        label.className = "candidate";
        label.textContent = `${link.textContent} `;
        paragraph.append(label);
      }
      paragraph.append(entry.cloneNode(true));
      parts.push(paragraph);
    }
    popover.replaceChildren(...parts);
  }

  function place() {
    if (!chip) return;
    const lines = chip.getClientRects();
    const line = lines[lines.length - 1];
    if (!line) return;
    const wide = document.documentElement.clientWidth;
    const high = window.innerHeight;
    const box = popover.getBoundingClientRect();
    const left = Math.max(GAP, Math.min(line.left, wide - box.width - GAP));
    const below = line.bottom + GAP;
    const above = line.top - GAP - box.height;
    popover.style.left = `${left}px`;
    popover.style.top = `${below + box.height > high - GAP && above > GAP ? above : below}px`;
  }

  function open(link, keep) {
    clearTimeout(timer);
    const note = target(link);
    if (!note) return;
    if (chip !== link) {
      close();
      fill(note);
      chip = link;
      chip.setAttribute("aria-expanded", "true");
      // Right after its citation, so that Tab goes on into it and a screen reader finds it there.
      (link.closest("mark") || link).after(popover);
      if (popover.showPopover) {
        popover.setAttribute("popover", "manual");
        popover.showPopover();
      }
      popover.classList.add("open");
    }
    pinned = pinned || keep;
    place();
  }

  function close() {
    clearTimeout(timer);
    if (!chip) return;
    chip.setAttribute("aria-expanded", "false");
    chip = null;
    pinned = false;
    popover.classList.remove("open");
    popover.remove();
  }

  const within = (node) => node instanceof Node && (popover.contains(node) || Boolean(chip?.contains(node)));
  const citation = (node) => (node instanceof Element ? node.closest("a.cite") : null);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = citation(event.target);
    clearTimeout(timer);
    if (link && link !== chip) timer = setTimeout(() => open(link, false), HOVER_DELAY);
    else if (chip && !pinned && !within(event.target)) timer = setTimeout(close, 2 * HOVER_DELAY);
  });

  document.addEventListener("focusin", (event) => {
    const link = citation(event.target);
    if (link && !returning && link.matches(":focus-visible")) open(link, false);
    else if (chip && !within(event.target)) close();
  });

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href*="#"]') : null;
    const cites = link?.classList.contains("cite");
    if (cites || (link?.closest("#conversation") && !link.classList.contains("link"))) {
      event.preventDefault();
      if (!cites) return show(target(link));
      if (chip === link && pinned) close();
      else open(link, true);
      return;
    }
    if (chip && !within(event.target)) close();
  }, true);

  window.addEventListener("scroll", place, { passive: true, capture: true });
  window.addEventListener("resize", place);

  /* ---- moving about ---- */

  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function show(card) {
    if (!card) return;
    close();
    card.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "center" });
    card.focus({ preventScroll: true });
  }

  const box = () => document.querySelector("#question-box textarea, #question-box input");
  const typing = (node) => node instanceof Element && Boolean(node.closest("input, textarea, select, [contenteditable]"));

  document.addEventListener("keydown", (event) => {
    const link = citation(event.target);
    if (event.key === "Escape" && chip) {
      const back = chip;
      const inside = popover.contains(document.activeElement);
      close();
      returning = true;
      if (inside) back.focus();
      returning = false;
    } else if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box()?.focus();
    } else if (link && (event.key === " " || event.key === "Enter")) {
      event.preventDefault();
      open(link, true);
    }
  });

  /* `?q=` asks at load: typed into the box, so that it goes the way of every other question. */
  let linked = new URLSearchParams(window.location.search).get("q");

  function askLinked() {
    const field = box();
    const button = document.querySelector("#question-box .submit-button");
    if (!linked || !field || !button) return;
    field.value = linked;
    linked = null;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => button.click());
  }

  /* ---- while an answer is on its way ---- */

  let patience = 0;

  function wait(on) {
    clearTimeout(patience);
    document.documentElement.classList.toggle("asking", on);
    if (on) patience = setTimeout(() => wait(false), 30000);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === box() && event.target.value.trim()) wait(true);
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest(".submit-button, .example, .option") : null;
    if (button && (!button.matches(".submit-button") || box()?.value.trim())) wait(true);
  }, true);

  /* ---- what Gradio's HTML lacks, put in as it appears ---- */

  let turns = 0;

  /* Room below a short answer, so that its question can stand at the top of the window. Of one element and not a
     variable of the document, which would have every style in it computed anew. */
  function leaveRoom(question) {
    const composer = document.getElementById("question-box");
    const end = question.closest(".message-wrap");
    const room = parseFloat(end.style.paddingBottom) || 0;
    const used = end.getBoundingClientRect().bottom - question.getBoundingClientRect().top - room;
    const spare = Math.max(0, Math.floor(window.innerHeight - used - (composer?.offsetHeight || 0)));
    if (spare !== room) end.style.paddingBottom = `${spare}px`;
  }

  function settle() {
    const conversation = document.getElementById("conversation");
    for (const link of document.querySelectorAll("a.cite:not([aria-haspopup])")) {
      link.setAttribute("aria-haspopup", "dialog");
      link.setAttribute("aria-expanded", "false");
    }
    if (!conversation) return;
    askLinked();
    // Gradio calls the starters a list, but they are buttons and not items of one.
    conversation.querySelector('.examples[role="list"]')?.setAttribute("role", "group");
    // Questions in the words of the review, in an interface of another language; those made of a heading are in ours.
    const tongue = document.querySelector("#masthead h1[lang]")?.lang;
    for (const button of tongue ? conversation.querySelectorAll(".example:not([lang]), .option:not([lang])") : []) {
      const made = document.querySelector(".words .made")?.textContent;
      button.lang = made && button.textContent.trim().startsWith(made.trim()) ? document.documentElement.lang : tongue;
    }
    // Gradio labels each message with its whole HTML, which a screen reader would read out instead of the text.
    for (const message of conversation.querySelectorAll('[data-testid="user"][aria-label], [data-testid="bot"][aria-label]')) {
      message.removeAttribute("aria-label");
    }
    const questions = conversation.querySelectorAll("h2.question");
    if (questions.length > turns) {
      wait(false);
      if (window.matchMedia("(pointer: coarse)").matches) box()?.blur(); // the keyboard would cover the answer
      leaveRoom(questions[questions.length - 1]);
      questions[questions.length - 1].scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
    }
    turns = questions.length;
    document.documentElement.classList.toggle("conversing", turns > 0);
  }

  window.addEventListener("beforeprint", () => {
    for (const list of document.querySelectorAll("details.references")) list.open = true;
  });

  document.addEventListener("DOMContentLoaded", settle);
  new MutationObserver(settle).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"],
  });
})();
