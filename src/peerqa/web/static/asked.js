/* The questions of the conversation, each with what it is limited to, and the fragment of the address that holds them:
   "#q=one&q=another&section=Heading&document=name". What stands behind a question belongs to it. The fragment is never
   sent to a server, and nothing is stored: whoever opens the address asks the questions again. */

const MOST = 50; // questions of one conversation, as the server allows
const MOST_CHARACTERS = 20000; // of all its questions: a request may not be longer than the server takes

export function readQuestions(parameters) {
  const found = [];
  for (const [name, value] of new URLSearchParams(parameters)) {
    const last = found.at(-1);
    if (name === "q" && value.trim()) found.push({ question: value, section: "", documents: [] });
    else if (name === "section" && last) last.section = value;
    else if (name === "document" && last) last.documents.push(value);
  }
  return withinLimits(found);
}

export function fragmentOf(asked) {
  const said = new URLSearchParams();
  for (const { question, section, documents } of asked) {
    said.append("q", question);
    if (section) said.append("section", section);
    for (const name of documents) said.append("document", name);
  }
  return asked.length ? `#${said}` : "";
}

export const fromFragment = () => readQuestions(window.location.hash.slice(1));

/* The questions of an address that a server reads too: each has the limits that the address names. */
export function fromQuery(search) {
  const said = new URLSearchParams(search);
  const limits = { section: said.get("section") ?? "", documents: said.getAll("document") };
  return withinLimits(said.getAll("q").filter((text) => text.trim()).map((question) => ({ question, ...limits })));
}

/* The oldest questions go, half of them at once, since all that are left are then answered anew. */
export function withinLimits(asked) {
  const long = asked.length > MOST || JSON.stringify(asked).length > MOST_CHARACTERS;
  return long && asked.length > 1 ? withinLimits(asked.slice(Math.ceil(asked.length / 2))) : asked;
}

const plain = (text) => text.replace(/[\s\p{Cc}]+/gu, " ").trim();

export const sameQuestion = (one, other) => plain(one) === plain(other);

/* Links of ours to other pages take the conversation along, and those pages bring it back (pages.js). */
export function carry(link, fragment) {
  if (!link || !fragment || link.origin !== window.location.origin || link.hash || link.target) return;
  if (link.closest("#masthead, nav.site, main")) link.hash = fragment;
}
