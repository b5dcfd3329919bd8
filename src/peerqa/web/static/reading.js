/* The review beside the conversation: a pane from 1000 px, a sheet below that, opened and marked at a passage. */
(() => {
  "use strict";

  const root = document.documentElement;
  const wide = window.matchMedia("(min-width: 1000px)");
  const embedded = () => root.classList.contains("embedded");
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const first = document.querySelector("#masthead .whole"); // the address of the review, on the page of the conversation
  if (!document.getElementById("masthead")) return;

  const pane = document.createElement("aside");
  const sheet = document.createElement("dialog");
  const text = document.createElement("div");
  const label = first?.textContent || "Review";
  let shown = ""; // the address of the review in the pane
  let loading = null;
  let opener = null; // the link that opened the sheet or took the focus to the pane

  pane.id = "review-pane";
  pane.setAttribute("aria-label", label);
  sheet.id = "review-sheet";
  sheet.setAttribute("aria-label", label);
  text.className = "reading whole";
  text.tabIndex = 0;
  text.setAttribute("role", "region");
  text.setAttribute("aria-label", label);
  const closer = document.createElement("button");
  closer.type = "button";
  closer.className = "closer";
  closer.setAttribute("aria-label", document.querySelector(".words .close")?.textContent || "Close");
  closer.textContent = "×";
  closer.addEventListener("click", () => sheet.close());
  sheet.append(closer);
  document.body.append(pane, sheet);

  /* The same text stands in the pane or in the sheet, by the width of the window. */
  function lay() {
    const beside = wide.matches && !embedded();
    root.classList.toggle("two-panes", beside);
    if (beside && sheet.open) sheet.close();
    (beside ? pane : sheet).append(text);
  }

  async function load(address) {
    if (shown === address) return loading;
    shown = address;
    loading = (async () => {
      const response = await fetch(address, { credentials: "omit" });
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const body = page.getElementById("main");
      const contents = body.querySelector("details.contents");
      if (contents) contents.open = false;
      text.replaceChildren(...body.childNodes);
      text.scrollTop = 0;
    })();
    return loading;
  }

  /* "/p/NAME:14.2?at=120" -> the review's address, the passage in it, and its sentences. */
  function parse(link) {
    const url = new URL(link.href);
    const [, name, number] = url.pathname.match(/^\/p\/(.*):([\d.]+)$/) || [];
    if (!name) return null;
    const anchor = `passage-${number.replace(".", "-")}`;
    const lang = url.searchParams.get("lang");
    return { review: `/read/${name}${lang ? `?lang=${lang}` : ""}`, anchor, sentences: url.searchParams.getAll("at").map((at) => `${anchor}-at${at}`) };
  }

  function mark(place) {
    for (const old of text.querySelectorAll(".marked")) old.classList.remove("marked");
    const passage = text.querySelector(`#${CSS.escape(place.anchor)}`);
    const sentences = place.sentences.map((id) => text.querySelector(`#${CSS.escape(id)}`)).filter(Boolean);
    for (const one of sentences.length ? sentences : [passage]) one?.classList.add("marked");
    return { passage, goal: sentences[0] || passage };
  }

  function scrollTo(goal, smooth) {
    if (!goal) return;
    const top = text.scrollTop + goal.getBoundingClientRect().top - text.getBoundingClientRect().top;
    text.scrollTo({ top: top - text.clientHeight / 4, behavior: smooth && !calm() ? "smooth" : "auto" });
  }

  async function show(link, focus) {
    const place = parse(link);
    if (!place) return;
    const fresh = shown !== place.review;
    try {
      await load(place.review);
    } catch {
      shown = "";
      if (focus) window.location.assign(link.href); // the passage has a page of its own
      return;
    }
    if (focus && !wide.matches && !sheet.open) sheet.showModal();
    const { passage, goal } = mark(place);
    scrollTo(goal, !fresh);
    if (focus && passage) {
      opener = link;
      passage.focus({ preventScroll: true });
    }
  }

  sheet.addEventListener("close", () => opener?.focus());
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close(); // beside the sheet
  });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey || embedded()) return;
    const link = event.target.closest("a");
    if (!link) return;
    if (link.classList.contains("read")) {
      event.preventDefault();
      show(link, true);
    } else if (link.classList.contains("whole") && link === first) {
      event.preventDefault();
      load(first.pathname + first.search).then(() => {
        if (!wide.matches) sheet.showModal();
        opener = first;
        text.focus();
      });
    } else if (link.classList.contains("where") && wide.matches) {
      // A numbered sentence goes to its card in the conversation, and the pane goes along.
      const card = document.getElementById(link.hash.slice(1));
      const read = card?.querySelector("a.read");
      if (!read) return;
      const one = read.cloneNode();
      const at = link.closest(".quote")?.id.split("-h")[1];
      if (at) {
        const url = new URL(one.href);
        url.searchParams.delete("at");
        url.searchParams.append("at", at);
        one.href = url.href;
      }
      show(one, false);
    } else if (text.contains(link) && link.hash && link.pathname === window.location.pathname && !link.classList.contains("cite")) {
      event.preventDefault();
      const goal = text.querySelector(`#${CSS.escape(link.hash.slice(1))}`);
      scrollTo(goal, true);
      goal?.focus({ preventScroll: true });
    }
  });

  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !sheet.open && opener?.isConnected && !document.getElementById("citation-popover")) opener.focus();
  });

  /* A new answer opens the review at its first passage, where there is room for both; the answer is painted first. */
  let answers = 0;
  new MutationObserver(() => {
    const found = document.getElementsByClassName("answer");
    const read = found.length > answers && wide.matches && !embedded() ? found[found.length - 1].querySelector("a.read") : null;
    answers = found.length;
    if (read) requestAnimationFrame(() => setTimeout(() => show(read, false)));
  }).observe(document.body, { childList: true, subtree: true });

  wide.addEventListener("change", lay);
  lay();
  if (first && wide.matches && !embedded()) load(first.pathname + first.search).catch(() => { shown = ""; });
})();
