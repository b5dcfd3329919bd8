/* A page that the server renders whole: all works without a script, but citations open beside the text, and the
   conversation that a reader comes from goes along in the fragment, back to where it was asked. */

import { carry } from "./asked.js";
import { startCitations } from "./citations.js";
import { closest } from "./elements.js";

const conversation = window.location.hash.startsWith("#q=") ? window.location.hash : "";

startCitations();
document.addEventListener("click", (event) => carry(closest(event, "a[href]"), conversation), true);
