// The texts of pages in English and Chinese: which of the two, and putting them in. Used by the
// dashboard, the composer and the overlays.
//
// A page gives its own texts with `addTexts`, marks elements with `data-t="key"` (their text) and
// `data-t-attr="aria-label:key title:other_key"` (attributes), and calls `translate`.

const LANGUAGES = ["en", "zh"];
const CHOICE_KEY = "relay-lang"; // in localStorage: only who has chosen has one

/** @type {{en: Record<string, string>, zh: Record<string, string>}} */
const texts = { en: {}, zh: {} };
const listeners = new Set();
let current = null;

/** Add texts; `{name}` in them is replaced by a value, see `t`.
 * @param {{en: Record<string, string>, zh: Record<string, string>}} tables */
export function addTexts(tables) {
  for (const language of LANGUAGES) Object.assign(texts[language], tables[language]);
}

/** The language: as `?lang=` says, else as was chosen, else the browser's first that there is.
 * @returns {"en"|"zh"} */
export function language() {
  current ??= findLanguage();
  return current;
}

/** Change the language of this page, and of those opened later.
 * @param {"en"|"zh"} name */
export function setLanguage(name) {
  current = name;
  try {
    localStorage.setItem(CHOICE_KEY, name);
  } catch {
    // Storage may be switched off; then the choice holds for this page only.
  }
  for (const listener of listeners) listener(name);
}

/** Have a function called when the language is changed.
 * @param {(language: "en"|"zh") => void} listener */
export function onLanguage(listener) {
  listeners.add(listener);
}

/** Give a text in the page's language; the key itself where there is none.
 * @param {string} key
 * @param {Record<string, string|number>} [values] put in for `{name}` */
export function t(key, values = {}) {
  const text = texts[language()][key] ?? texts.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Give the one of two texts that is in the page's language, e.g. an option's label.
 * @param {{en: string, zh: string}} both */
export function pick(both) {
  return both[language()] ?? both.en;
}

/** Put the texts into elements that are marked, and say the language in `<html lang>`.
 * @param {ParentNode} [root] */
export function translate(root = document) {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  for (const element of root.querySelectorAll("[data-t]")) {
    element.textContent = t(element.dataset.t);
  }
  for (const element of root.querySelectorAll("[data-t-attr]")) {
    for (const pair of element.dataset.tAttr.split(" ")) {
      const [attribute, key] = pair.split(":");
      element.setAttribute(attribute, t(key));
    }
  }
}

function findLanguage() {
  const wanted = [new URLSearchParams(location.search).get("lang"), readChoice()];
  for (const name of [...wanted, ...(navigator.languages ?? [navigator.language])]) {
    const found = LANGUAGES.find((each) => (name ?? "").toLowerCase().startsWith(each));
    if (found) return found;
  }
  return "en";
}

function readChoice() {
  try {
    return localStorage.getItem(CHOICE_KEY);
  } catch {
    return null;
  }
}
