/* Elements that an event, a link or the reader's settings lead to. */

export function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/* The element that a link within the page names. */
export function targetOf(link) {
  return document.getElementById(link.getAttribute("href").split("#")[1] || "");
}

export function scrollBehavior() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
