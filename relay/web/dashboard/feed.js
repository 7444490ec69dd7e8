// The events of the room that is looked at: the last few thousand, of which only the rows on the
// screen are in the page; filters, search, and choosing one by pointer or keys.

import { api } from "/web/lib/api.js";
import { onLanguage, t } from "/web/lib/i18n.js";
import { make, setText } from "/web/dashboard/elements.js";
import { HIDDEN_AT_FIRST, KINDS, kindOf, searchText } from "/web/dashboard/kinds.js";
import { makeRow } from "/web/dashboard/rows.js";
import { showError } from "/web/lib/words.js";

const MAX_EVENTS = 5000;
const SLACK = 500; // so many more come before some are let go, all at once
const MAX_PAST = 10_000; // shown while paused, when older ones are asked for again and again
const PAGE = 300; // events asked for of the past
const ROW_PX = 34; // as in feed.css
const MARGIN_ROWS = 6;
const SEARCH_AFTER_MS = 120;

const $ = (id) => document.getElementById(id);

/**
 * A row's event, with what is found out of it once.
 * @typedef {object} Item
 * @property {number} id for the row's element
 * @property {object} frame an event, a gap, or an error
 * @property {string} kind
 * @property {string} text what is searched; made when it is first looked at
 */

export class Feed {
  /** The event that is chosen. @type {Item|null} */
  chosen = null;

  #items = []; // oldest first
  #shown = []; // those that fit the filter, oldest first
  #held = null; // while paused: those that came since, or are newer than what there is space for
  #isTorn = false; // whether some are missing between #items and #held
  #unseen = 0; // came while the newest was out of sight
  #lastId = 0;
  #room = "";
  #begun = false;
  #oldest = null; // position before which older ones are asked for; null: there are none
  #visit = 0; // of a room; answers to an earlier one are not for us
  #kinds = new Set(KINDS.filter((kind) => !HIDDEN_AT_FIRST.includes(kind)));
  #search = "";
  #uid = "";
  #frame = 0;
  #rows = new Map(); // item -> element
  #list = $("events");
  #inner = make("div", "feed-inner");
  #onChoose;

  /** @param {(event: object|null, byKey: boolean) => void} onChoose */
  constructor(onChoose) {
    this.#onChoose = onChoose;
    this.#inner.setAttribute("role", "presentation");
    this.#list.append(this.#inner);
    this.#list.addEventListener("scroll", () => this.#draw());
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => this.#click(event));
    new ResizeObserver(() => this.#drawSoon()).observe(this.#list);
    $("pause").addEventListener("click", () => this.#pause(this.#held === null));
    $("to-newest").addEventListener("click", () => {
      this.#list.scrollTop = 0;
      this.#pause(false);
      this.#list.focus();
    });
    $("older").addEventListener("click", () => {
      // Else those that come would soon have them let go again.
      if (this.#items.length > MAX_EVENTS / 2) this.#pause(true);
      this.#loadOlder();
    });
    let timer = 0;
    $("search").addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#searchFor($("search").value), SEARCH_AFTER_MS);
    });
    this.#makeKinds();
    onLanguage(() => {
      this.#makeKinds();
      this.#redraw();
    });
  }

  /** Show another room's events; "": none. */
  show(room) {
    this.#visit += 1;
    this.#room = room;
    this.#items = [];
    this.#begun = false;
    this.#oldest = null;
    this.#held = null;
    this.#isTorn = false;
    if (this.#uid) this.only("", "");
    this.choose(null);
    setText($("older-says"), "");
    this.#pause(false);
    this.#refilter();
    this.#list.scrollTop = 0;
  }

  /** All events behind a position come from now on: what was before it is asked for. */
  begin(epoch, offset) {
    if (this.#begun) return;
    this.#begun = true;
    this.#oldest = `${epoch}:${offset + 1}`;
    this.#loadOlder();
  }

  /** Show a room's event. */
  add(frame) {
    if (this.#begun) this.#take({ frame, kind: kindOf(frame.method) });
  }

  /** Show that events are missing, or that the relay refused something. */
  addGap(frame) {
    if (!this.#begun && frame.op === "gap") return;
    this.#take({ frame: { ...frame, time: Date.now() }, kind: "gap" });
  }

  /** Show only what this person did; "": everything. */
  only(uid, name) {
    this.#uid = uid;
    $("search").value = uid ? name : "";
    this.#search = "";
    this.#refilter();
  }

  /** Choose an event; null: none. */
  choose(item, byKey = false) {
    if (this.chosen === item) {
      if (item) this.#onChoose(item.frame, byKey);
      return;
    }
    this.chosen = item;
    this.#onChoose(item?.frame ?? null, byKey);
    this.#drawSoon();
  }

  // What comes

  #take({ frame, kind }) {
    const item = { id: ++this.#lastId, frame, kind, text: "" };
    if (this.#held) {
      this.#held.push(item);
      this.#trimHeld();
      this.#drawSoon();
      return;
    }
    this.#append(item);
  }

  #append(item) {
    this.#items.push(item);
    if (this.#fits(item)) {
      this.#shown.push(item);
      // What is looked at stays where it is while others come above it.
      if (this.#list.scrollTop > ROW_PX / 2) {
        this.#unseen += 1;
        this.#moveBy += ROW_PX;
      }
    }
    if (this.#items.length > MAX_EVENTS + SLACK) {
      const gone = this.#items.splice(0, SLACK).at(-1).id;
      const from = this.#shown.findIndex((each) => each.id > gone);
      this.#shown.splice(0, from < 0 ? this.#shown.length : from);
      this.#setOldest(positionOf(this.#items) ?? this.#oldest);
    }
    this.#drawSoon();
  }

  #moveBy = 0;

  #setOldest(position) {
    this.#oldest = position;
    $("older").disabled = position === null;
    setText($("older-says"), "");
  }

  async #loadOlder() {
    const visit = this.#visit;
    if (!this.#oldest) return;
    const button = $("older");
    button.disabled = true;
    setText($("older-says"), "");
    $("older-says").title = "";
    const before = this.#oldest;
    try {
      const path = `/api/rooms/${encodeURIComponent(this.#room)}/events`;
      const query = new URLSearchParams({ before, limit: String(PAGE) });
      const { events, gaps, next } = await api(`${path}?${query}`);
      // What was let go meanwhile would be a hole before them.
      if (visit !== this.#visit || before !== this.#oldest) return;
      const items = inOrder(events, gaps).map((frame) => {
        return { id: 0, frame, kind: frame.op ? "gap" : kindOf(frame.method), text: "" };
      });
      // Ids grow with place; those before the first are negative.
      const first = this.#items[0]?.id ?? 1;
      items.forEach((item, index) => {
        item.id = first - items.length + index;
      });
      this.#items.unshift(...items);
      this.#oldest = next;
      this.#trimPast();
      this.#refilter();
      if (!next) setText($("older-says"), t("no_older"));
    } catch (error) {
      if (visit === this.#visit) showError($("older-says"), error);
    } finally {
      if (visit === this.#visit) button.disabled = this.#oldest === null;
    }
  }

  // The newest ones are let go rather than those that were asked for; they come again with what is
  // held back.
  #trimPast() {
    if (!this.#held || this.#items.length <= MAX_PAST) return;
    this.#held.unshift(...this.#items.splice(MAX_PAST));
    this.#trimHeld();
  }

  #trimHeld() {
    const tooMany = this.#held.length - MAX_EVENTS - SLACK;
    if (tooMany <= 0) return;
    this.#held.splice(0, Math.max(SLACK, tooMany));
    this.#isTorn = true;
  }

  // What is shown

  #fits(item) {
    if (item.kind === "gap") return !this.#uid && !this.#search;
    if (!this.#kinds.has(item.kind)) return false;
    if (this.#uid) return item.frame.payload?.user?.uid === this.#uid;
    if (!this.#search) return true;
    item.text ||= searchText(item.frame);
    return item.text.includes(this.#search);
  }

  #refilter() {
    this.#shown = this.#items.filter((item) => this.#fits(item));
    this.#unseen = 0;
    this.#moveBy = 0;
    this.#redraw();
  }

  #searchFor(text) {
    this.#uid = "";
    this.#search = text.trim().toLowerCase();
    this.#refilter();
  }

  #pause(on) {
    const held = this.#held;
    this.#held = on ? (held ?? []) : null;
    $("pause").toggleAttribute("data-on", on);
    setText($("pause"), t(on ? "resume" : "pause"));
    if (on || !held) return;
    if (this.#isTorn) {
      // What is before can be asked for again; there is no way to ask for what is between.
      this.#isTorn = false;
      this.#items = [];
      this.#setOldest(positionOf(held));
      this.#refilter();
      this.#list.scrollTop = 0;
    }
    for (const item of held) this.#append(item);
    this.#drawSoon();
  }

  #makeKinds() {
    const buttons = KINDS.map((kind) => {
      const button = make("button", "kind-button", t(`kind_${kind}`));
      button.type = "button";
      button.dataset.kind = kind;
      button.setAttribute("aria-pressed", String(this.#kinds.has(kind)));
      button.addEventListener("click", () => {
        const on = !this.#kinds.delete(kind);
        if (on) this.#kinds.add(kind);
        button.setAttribute("aria-pressed", String(on));
        this.#refilter();
      });
      return button;
    });
    $("kinds").replaceChildren(...buttons);
    setText($("pause"), t(this.#held ? "resume" : "pause"));
  }

  // Drawing

  #redraw() {
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.#drawSoon();
  }

  #drawSoon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    const list = this.#list;
    const count = this.#shown.length;
    this.#inner.style.height = `${count * ROW_PX}px`;
    if (this.#moveBy) {
      list.scrollTop += this.#moveBy;
      this.#moveBy = 0;
    }
    if (list.scrollTop < ROW_PX / 2 && !this.#held) this.#unseen = 0;
    const first = Math.max(0, Math.floor(list.scrollTop / ROW_PX) - MARGIN_ROWS);
    const visible = Math.ceil(list.clientHeight / ROW_PX) + 2 * MARGIN_ROWS;
    const last = Math.min(count, first + visible);
    const wanted = new Set();
    for (let index = first; index < last; index++) wanted.add(this.#shown[count - 1 - index]);
    for (const [item, row] of this.#rows) {
      if (wanted.has(item)) continue;
      row.remove();
      this.#rows.delete(item);
    }
    let index = first;
    let active = "";
    for (const item of wanted) {
      let row = this.#rows.get(item);
      if (!row) {
        row = makeRow(item);
        this.#rows.set(item, row);
        this.#inner.append(row);
      }
      row.style.transform = `translateY(${index * ROW_PX}px)`;
      row.setAttribute("aria-posinset", String(index + 1));
      row.setAttribute("aria-setsize", String(count));
      row.setAttribute("aria-selected", String(item === this.chosen));
      if (item === this.chosen) active = row.id;
      index += 1;
    }
    if (active) list.setAttribute("aria-activedescendant", active);
    else list.removeAttribute("aria-activedescendant");
    this.#say(count);
  }

  #say(count) {
    setText($("counts"), t("counts", { shown: count, all: this.#items.length }));
    const empty = $("no-events");
    empty.hidden = count > 0;
    if (!count) setText(empty, t(this.#items.length ? "no_match" : "no_events"));
    const held = this.#held?.length ?? 0;
    const button = $("to-newest");
    button.hidden = this.#unseen + held === 0;
    if (!button.hidden) {
      setText(button, t(held ? "paused_new" : "to_newest", { n: this.#unseen + held }));
    }
  }

  // Choosing

  #click(event) {
    const row = event.target.closest(".event");
    for (const [item, element] of this.#rows) if (element === row) this.choose(item);
  }

  #key(event) {
    const count = this.#shown.length;
    const page = Math.max(1, Math.floor(this.#list.clientHeight / ROW_PX) - 1);
    const place = this.#shown.indexOf(this.chosen);
    const now = place < 0 ? -1 : count - 1 - place; // from the newest on
    const steps = {
      ArrowDown: now + 1,
      ArrowUp: Math.max(0, now - 1),
      PageDown: now + page,
      PageUp: Math.max(0, now - page),
      Home: 0,
      End: count - 1,
    };
    if (event.key === "Escape" && this.chosen) {
      this.choose(null);
    } else if (event.key === "Enter" && this.chosen) {
      this.choose(this.chosen, true);
    } else if (event.key in steps && count) {
      const index = Math.min(count - 1, steps[event.key]);
      this.choose(this.#shown[count - 1 - index]);
      this.#reveal(index);
    } else {
      return;
    }
    event.preventDefault();
  }

  #reveal(index) {
    const list = this.#list;
    const top = index * ROW_PX;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + ROW_PX > list.scrollTop + list.clientHeight) {
      list.scrollTop = top + ROW_PX - list.clientHeight;
    }
  }
}

// Events of the past, oldest first, with what is missing of them in its place.
function inOrder(events, gaps) {
  const frames = [...events];
  frames.sort((a, b) => (a.epoch === b.epoch ? a.offset - b.offset : a.time - b.time));
  for (const gap of gaps) {
    const behind = gap.offset ?? (gap.from ?? 0) - 1;
    const isBefore = (frame) => frame.epoch === gap.epoch && frame.offset <= behind;
    const place = frames.findLastIndex(isBefore) + 1;
    // It has no time of its own.
    const { time = Date.now() } = frames[place - 1] ?? frames[place] ?? {};
    frames.splice(place, 0, { ...gap, time });
  }
  return frames;
}

function positionOf(items) {
  const first = items.find(({ frame }) => frame.op === undefined);
  return first ? `${first.frame.epoch}:${first.frame.offset}` : null;
}
