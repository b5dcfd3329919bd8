/* The page where an instructor puts an embed together: the choices become an address, and the address three snippets. */

import { closest } from "./elements.js";

const form = document.getElementById("builder");
const preview = document.getElementById("preview");
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
let timer = 0;

function query() {
  const chosen = new FormData(form);
  const found = new URLSearchParams();
  const own = String(chosen.get("own") || "").split("\n").map((line) => line.trim()).filter(Boolean);
  for (const text of [...own, ...chosen.getAll("starter")]) found.append("starter", text);
  for (const name of chosen.getAll("document")) found.append("document", name);
  for (const name of ["section", "colour"]) if (chosen.get(name)) found.set(name, chosen.get(name));
  if (chosen.get("theme")) found.set("__theme", chosen.get("theme"));
  return found.toString();
}

function build() {
  const chosen = query();
  const address = `${window.location.origin}/?${chosen ? `${chosen}&` : ""}embed=1`;
  const title = form.dataset.title;
  const sandbox = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals";
  document.getElementById("snippet-iframe").value =
    `<iframe src="${escaped(address)}" title="${escaped(title)}" width="100%" height="640" style="border:0" loading="lazy" allow="clipboard-write" sandbox="${sandbox}"></iframe>`;
  document.getElementById("snippet-script").value =
    `<script src="${window.location.origin}/embed.js" data-query="${escaped(chosen)}" data-height="640" data-title="${escaped(title)}" async></script>`;
  document.getElementById("snippet-link").value = address.replace(/[?&]embed=1$/, "");
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (preview.src !== address) preview.src = address;
  }, 400);
}

form.addEventListener("input", build);
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("click", async (event) => {
  const button = closest(event, "button.snippet");
  if (!button) return;
  const field = document.getElementById(button.getAttribute("aria-controls"));
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.done;
  } catch {
    field.focus(); // selected: the reader copies it by hand
  }
});
build();
