/* A page that the server renders whole: all works without a script, but citations open beside the text. */

import { startCitations } from "./citations.js";

startCitations();
