/* Puts the page into another one, where this script stands, in a frame that keeps its height: the page scrolls inside
   it, its box always in view, and nothing of the page around moves.

   <script src="https://HOST/embed.js" data-query="starter=..." data-height="640" data-title="Ask the review" async></script> */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script) return;
  const home = new URL(script.src);
  const page = new URL("/", home);
  page.search = script.dataset.query || "";
  page.searchParams.set("embed", "1");

  const frame = document.createElement("iframe");
  frame.src = page.href;
  frame.title = script.dataset.title || "Ask the review";
  frame.loading = "lazy";
  frame.allow = "clipboard-write";
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals");
  frame.style.cssText = `display:block;width:100%;height:${Math.max(Number(script.dataset.height) || 640, 320)}px;border:0`;
  script.after(frame);
})();
