/* What the page knows and more than one module needs to know. It stands here and nowhere else: a module changes it
   with `set`, hears of changes with `watch`, and never reads it back from the page. */

const state = {
  turns: [], // of the conversation, oldest first: {question, heading, answer}, the last two are elements
  newest: null, // the turn whose answer has come last
  asked: [], // the questions of the conversation: {question, section, documents}
  waiting: false, // for answers
  failed: false, // no answers came
  asking: 0, // requests under way
  lost: false, // there is no connection
  ready: false, // Gradio's page is there
  section: "", // the heading under which alone is searched; "": everywhere
  citation: null, // the link whose popover is open
};
const watchers = {};

export function get(name) {
  return state[name];
}

export function set(name, value) {
  const before = state[name];
  if (before === value) return;
  state[name] = value;
  for (const watcher of watchers[name] ?? []) watcher(value, before);
}

export function watch(name, watcher) {
  watchers[name] = [...(watchers[name] ?? []), watcher];
}
