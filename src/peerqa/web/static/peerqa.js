/* The page of the conversation: what its HTML cannot do by itself. Everything listens on the document, because Gradio
   makes and replaces the conversation when it likes. */

import { startCitations } from "./citations.js";
import { startConnection } from "./connection.js";
import { startConversation } from "./conversation.js";
import { startCopies } from "./copies.js";
import { startExports } from "./exports.js";
import { startFeedback } from "./feedback.js";
import { startFilters } from "./filters.js";
import { startPlainPage } from "./plain_page.js";
import { startReviewPane } from "./review_pane.js";
import { startTools } from "./tools.js";
import { startView } from "./view.js";

startConnection(); // first: Gradio takes the fetch that it finds
startCitations();
startReviewPane();
startCopies();
startTools();
startView();
startPlainPage();
startExports();
startFeedback();
startFilters();
startConversation(); // last: it looks at what Gradio has made, and the others watch what comes of it
