// Shows one event as it came: its frame as JSON, to read, to copy, or to see what else the same
// person did.

import { formatCount } from "/web/lib/format.js";
import { language, t } from "/web/lib/i18n.js";
import { nameOf } from "/web/lib/people.js";
import { make, setText } from "/web/dashboard/elements.js";

const MAX_CHARS = 100_000; // shown; copied is all of it
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;
const COPIED_MS = 1500;

const $ = (id) => document.getElementById(id);

export class Inspector {
  #frame = null;
  #onClose;

  /**
   * @param {object} on
   * @param {() => void} on.close
   * @param {(uid: string, name: string) => void} on.onlyUser
   */
  constructor({ close, onlyUser }) {
    this.#onClose = close;
    $("inspector-close").addEventListener("click", () => this.#onClose());
    $("inspector").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#onClose();
    });
    $("only-user").addEventListener("click", () => {
      const { user } = this.#frame.payload;
      onlyUser(user.uid, nameOf(user));
    });
    $("copy").addEventListener("click", () => this.#copy());
  }

  /** Show an event; null: none. `focus`: go there. */
  show(frame, focus) {
    $("inspector").hidden = frame === null;
    if (frame === null) {
      this.#frame = null;
      return;
    }
    if (frame !== this.#frame) {
      this.#frame = frame;
      const about = [frame.method ?? frame.op, frame.epoch && `${frame.epoch}:${frame.offset ?? ""}`];
      setText($("inspector-about"), about.filter(Boolean).join(" · "));
      $("inspector-json").replaceChildren(...paint(textOf(frame)));
      $("inspector-json").scrollTop = 0;
      const user = frame.payload?.user;
      $("only-user").hidden = !user?.uid || user.masked === true;
    }
    if (focus) $("inspector-json").focus();
  }

  async #copy() {
    const frame = this.#frame;
    const text = textOf(frame);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (frame !== this.#frame) return;
      // Browsers give the clipboard to https and loopback only: have it selected to copy by hand,
      // what is cut off as well.
      $("inspector-json").textContent = text;
      getSelection().selectAllChildren($("inspector-json"));
      $("inspector-json").focus();
      return;
    }
    setText($("copy"), t("copied"));
    setTimeout(() => setText($("copy"), t("copy")), COPIED_MS);
  }
}

function textOf(frame) {
  return JSON.stringify(frame, null, 2);
}

function paint(text) {
  const shown = text.slice(0, MAX_CHARS);
  const nodes = [];
  let end = 0;
  for (const match of shown.matchAll(TOKENS)) {
    const [whole, string, colon] = match;
    nodes.push(document.createTextNode(shown.slice(end, match.index)));
    const kind = string === undefined ? "json-value" : colon === undefined ? "json-text" : "json-key";
    nodes.push(make("span", kind, string ?? whole));
    if (colon) nodes.push(document.createTextNode(colon));
    end = match.index + whole.length;
  }
  nodes.push(document.createTextNode(shown.slice(end)));
  const more = text.length - shown.length;
  if (more) {
    nodes.push(make("span", "faint", `\n${t("cut_off", { n: formatCount(more, language()) })}`));
  }
  return nodes;
}
