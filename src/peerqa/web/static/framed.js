/* Inside another page: that page is told how high the content is. */

import { embedded, masthead, sectionLine, starters } from "./from_server.js";
import { get, watch } from "./state.js";

let told = 0;

/* Only what has a height of its own is measured: the height of the document would follow that of the frame, and grow. */
function tell() {
  const height = Math.ceil(masthead.offsetHeight + get("column").getBoundingClientRect().height + 24);
  if (Math.abs(height - told) < 2) return;
  told = height;
  window.parent.postMessage({ peerqa: { height } }, "*");
  window.parent.postMessage(JSON.stringify({ subject: "lti.frameResize", height }), "*");
}

export function startFramed() {
  const chosen = embedded || sectionLine || starters.length; // an address that somebody has made for a frame
  if (!chosen || window.parent === window) return;
  const sizes = new ResizeObserver(tell);
  watch("column", (column) => {
    sizes.disconnect();
    if (!column) return;
    sizes.observe(masthead);
    sizes.observe(column);
  });
}
