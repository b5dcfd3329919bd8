/* Copying, downloading, printing: what a reader takes away from the conversation. */
(() => {
  "use strict";

  const status = document.createElement("div");
  status.id = "said";
  status.setAttribute("role", "status");
  document.body.append(status);
  let timer = 0;

  function say(words) {
    clearTimeout(timer);
    status.textContent = words;
    status.classList.add("shown");
    timer = setTimeout(() => status.classList.remove("shown"), 2500);
  }

  const words = (name) => document.querySelector(`.words .${name}`)?.textContent || name;

  /* Where the clipboard is closed (some frames), the text is shown and selected instead. */
  async function copy(text, holder) {
    try {
      await navigator.clipboard.writeText(text);
      say(words("copied"));
    } catch {
      if (!holder) return;
      holder.classList.add("shown");
      window.getSelection().selectAllChildren(holder);
      say(words("selected"));
    }
  }

  function save(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  const line = (node) => (node?.textContent || "").replace(/\s+/g, " ").trim();
  const plain = (text) => text.replace(/([\\`*_[\]<>#])/g, "\\$1");

  function markdown() {
    const parts = [`# ${plain(line(document.querySelector("#masthead h1")))}`];
    const works = new Set();
    for (const node of document.querySelectorAll("#conversation h2.question, #conversation .answer")) {
      if (node.matches("h2")) {
        parts.push(`## ${plain(line(node))}`);
        continue;
      }
      for (const one of node.querySelectorAll(".verdict, .message")) parts.push(plain(line(one)));
      const quotes = [...node.querySelectorAll(".quote .copied:first-of-type")];
      for (const one of quotes) parts.push(`> ${plain(line(one))}`);
      if (!quotes.length) for (const one of node.querySelectorAll(".card .passage")) parts.push(`> ${plain(line(one))}`);
      for (const entry of node.querySelectorAll(".references .entry")) works.add(line(entry));
    }
    if (works.size) parts.push(`## ${words("works")}`, ...[...works].sort().map((one) => `- ${plain(one)}`));
    return `${parts.join("\n\n")}\n`;
  }

  /* The works of all answers, from the links that each answer has for its own. */
  function everything(form) {
    const links = [...document.querySelectorAll(`#conversation a.export.${form}`)];
    if (!links.length) return say(words("nothing"));
    const works = new Set(links.flatMap((link) => new URL(link.href).searchParams.getAll("work")));
    const target = new URL(links[0].href);
    target.search = new URLSearchParams([...works].map((work) => ["work", work])).toString();
    const link = document.createElement("a");
    link.href = target.href;
    link.click(); // an attachment: this page stays
  }

  /* Where the instructor keeps them: whether an answer helped. */
  async function rate(button) {
    const answer = button.closest(".answer");
    const answers = [...document.querySelectorAll("#conversation .answer")];
    const question = document.querySelectorAll("#conversation h2.question")[answers.indexOf(answer)];
    const passages = [...answer.querySelectorAll("a.read")].map((link) => decodeURIComponent(new URL(link.href).pathname.slice(3)));
    const thumb = button.classList.contains("up") ? "up" : "down";
    const response = await fetch("/api/feedback", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: question?.textContent || "", passages, thumb }),
    });
    if (!response.ok) return;
    for (const one of answer.querySelectorAll(".thumb")) one.disabled = true;
    say(words("thanks"));
  }

  document.addEventListener("click", (event) => {
    const on = event.target instanceof Element ? event.target.closest("button, a.share") : null;
    if (!on) return;
    if (on.matches("button.thumb")) rate(on).catch(() => {});
    else if (on.matches("button.copy")) copy(on.nextElementSibling.textContent, on.nextElementSibling);
    else if (on.matches("a.share")) {
      event.preventDefault();
      copy(on.href, null);
    } else if (on.matches("button.all")) everything(["txt", "bib", "ris"].find((form) => on.classList.contains(form)));
    else if (on.matches("button.markdown")) save("conversation.md", markdown());
    else if (on.matches("button.print")) window.print();
  });
})();
