/* Which reviews are asked: the ticks go into the address, where the next question is read together with them, and the
   conversation stays. Without this script the form loads the page anew. */
(() => {
  "use strict";

  const chooser = document.querySelector(".chooser");
  if (!chooser) return;
  const form = chooser.querySelector("form");
  const asked = chooser.querySelector(".asked");
  const ticked = () => [...form.querySelectorAll('input[name="document"]:checked')];

  form.querySelector("button").hidden = true;

  function choose() {
    const address = new URL(window.location.href);
    const chosen = ticked();
    address.searchParams.delete("document");
    address.searchParams.delete("q"); // it has been asked
    for (const one of chosen) address.searchParams.append("document", one.value);
    window.history.replaceState(window.history.state, "", address);
    if (!chosen.length) asked.textContent = chooser.dataset.all;
    else if (chosen.length === 1) asked.textContent = chosen[0].nextElementSibling.textContent;
    else asked.textContent = chooser.dataset.some.replace("#", String(chosen.length));
  }

  form.addEventListener("change", choose);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose();
    chooser.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !chooser.open || !chooser.contains(document.activeElement)) return;
    chooser.open = false;
    chooser.querySelector("summary").focus();
  });
  // A browser that goes back may tick what the address does not name.
  const named = new URL(window.location.href).searchParams.getAll("document");
  for (const one of form.querySelectorAll('input[name="document"]')) one.checked = named.includes(one.value);
})();
