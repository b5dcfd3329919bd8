/* What the page knows and more than one module needs to know. It stands here and nowhere else: a module changes it
   with `set`, hears of changes with `watch`, and never reads it back from the page. */

const state = {
  turns: [], // of the conversation, oldest first: {question, heading, answer}, the last two are elements
  newest: null, // the turn whose answer has come last
  waiting: false, // for an answer
  section: "", // the heading under which alone is searched; "": everywhere
  citation: null, // the link whose popover is open
  column: null, // the element that holds all of Gradio's page
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
