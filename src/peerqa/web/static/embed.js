/* Puts the page into another one, where this script stands, and lets it be as high as its content.

   <script src="https://HOST/embed.js" data-query="starter=..." data-title="Ask the review" async></script> */
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
  frame.style.cssText = "display:block;width:100%;height:480px;border:0;color-scheme:normal";
  script.after(frame);

  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== page.origin) return;
    const height = event.data && event.data.peerqa && Number(event.data.peerqa.height);
    if (height > 0) frame.style.height = `${Math.min(Math.max(Math.ceil(height), 240), 20000)}px`;
  });
})();
