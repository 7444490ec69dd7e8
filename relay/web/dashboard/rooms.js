// The list of rooms at the side: state, cause, hint, how many watch and how much comes; adding
// and removing rooms.

import { api } from "/web/lib/api.js";
import { formatCount } from "/web/lib/format.js";
import { language, t } from "/web/lib/i18n.js";
import { make } from "/web/dashboard/elements.js";
import { causeText, hintText, showError } from "/web/lib/words.js";

const $ = (id) => document.getElementById(id);

/** Give what a room is called in the page's address. */
export function keyOf(view) {
  return view.web_rid || view.name;
}

/** Give what people call a room. */
export function titleOf(view) {
  return view.anchor || view.name;
}

/** Make the sign that says how a room is. */
export function makeState(view) {
  const ill = view.state === "live" && !view.health.ok;
  const node = make("span", "state", ill ? `${stateText(view)} · ${t("ill")}` : stateText(view));
  node.dataset.state = view.state;
  node.dataset.ok = String(!ill);
  return node;
}

/** Say what a room has, shortly; "" where nothing is wrong. */
export function troubleOf(view) {
  const { ok, cause } = view.health;
  // That nobody broadcasts is no trouble.
  const isCalm = ok && (view.state === "waiting" || view.state === "ended");
  const word = isCalm ? "" : cause || view.reason;
  return word ? causeText(word) : "";
}

function stateText(view) {
  return t(`state_${view.state}`);
}

export class RoomList {
  #onAdded;
  #items = new Map(); // epoch -> {item, link, shown}
  #adding = new Set(); // names that are asked for

  /**
   * @param {(view: object, isLast: boolean) => void} onAdded called with the room that was added,
   *   and whether no other name has been typed meanwhile
   */
  constructor(onAdded) {
    this.#onAdded = onAdded;
    $("add").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
  }

  /**
   * Show the rooms. Items are changed rather than made anew, so that the focus stays.
   * @param {Array<{view: object, epoch: string, stats: object|null}>} rooms
   * @param {object|null} chosen
   */
  show(rooms, chosen) {
    const list = $("rooms");
    // First, so that no item that stays has to move: one that moves loses the focus.
    const epochs = new Set(rooms.map((room) => room.epoch));
    for (const [epoch, { item }] of this.#items) {
      if (epochs.has(epoch)) continue;
      item.remove();
      this.#items.delete(epoch);
    }
    let place = list.firstElementChild;
    for (const room of rooms) {
      const entry = this.#items.get(room.epoch) ?? this.#make(room);
      if (entry.item === place) place = place.nextElementSibling;
      else list.insertBefore(entry.item, place);
      this.#update(entry, room, room === chosen);
    }
    $("no-rooms").hidden = rooms.length > 0;
  }

  /** A room's epoch is another one: its item goes on. */
  moved(epoch, before) {
    const entry = this.#items.get(before);
    if (!entry || this.#items.has(epoch)) return;
    this.#items.delete(before);
    this.#items.set(epoch, entry);
  }

  async #add() {
    const field = $("add-room");
    const name = field.value.trim();
    if (!name || this.#adding.has(name)) return;
    this.#adding.add(name);
    this.#mark(false);
    try {
      const view = await api("/api/rooms", { method: "POST", body: { room: name } });
      const isLast = field.value.trim() === name;
      if (isLast) field.value = "";
      this.#onAdded(view, isLast);
    } catch (error) {
      // By now the field may hold another name, which nothing is wrong with.
      const isThere = field.value.trim() === name;
      this.#mark(isThere);
      const sentence = isThere ? undefined : (why) => t("add_failed", { name, why });
      showError($("add-error"), error, sentence);
    }
    this.#adding.delete(name);
  }

  /** Say whether the name in the field is wrong, with nothing said beside it. */
  #mark(isWrong) {
    $("add-error").hidden = true;
    $("add-room").setAttribute("aria-invalid", String(isWrong));
  }

  #make(room) {
    const item = document.createElement("li");
    const link = make("a", "room-link");
    item.append(link);
    const entry = { item, link, shown: "" };
    this.#items.set(room.epoch, entry);
    return entry;
  }

  #update(entry, { view, stats }, isChosen) {
    const lang = language();
    const perMin = rateOf(stats);
    const facts = [];
    if (view.state === "live" && stats?.viewers !== undefined && stats.viewers !== null) {
      facts.push(t("watching", { n: formatCount(stats.viewers, lang) }));
    }
    if (perMin !== null && (view.state === "live" || perMin)) {
      facts.push(t("per_min", { n: formatCount(perMin, lang) }));
    }
    const trouble = troubleOf(view);
    const { health } = view;
    const hint = hintText(health.cause || view.reason, health.hint);
    // Asked for a second time for its parts only where they are others.
    const said = JSON.stringify([
      lang, view.state, health.ok, titleOf(view), view.title, keyOf(view), trouble, hint, facts,
    ]);
    entry.link.href = `#room=${encodeURIComponent(keyOf(view))}`;
    if (isChosen) entry.link.setAttribute("aria-current", "page");
    else entry.link.removeAttribute("aria-current");
    if (entry.shown === said) return;
    entry.shown = said;
    const line = make("span", "room-line");
    line.append(make("span", "room-name", titleOf(view)), makeState(view));
    const parts = [line];
    const about = [view.title, keyOf(view) === titleOf(view) ? "" : keyOf(view)];
    parts.push(make("span", "room-about", about.filter(Boolean).join(" · ")));
    if (facts.length) parts.push(make("span", "room-numbers", facts.join(" · ")));
    if (trouble) parts.push(make("span", "room-trouble", trouble));
    if (hint) parts.push(make("span", "room-hint", hint));
    entry.link.replaceChildren(...parts);
  }
}

/** Give messages a minute of all methods; null: not known. */
export function rateOf(stats) {
  if (!stats?.messages_per_min) return null;
  return Object.values(stats.messages_per_min).reduce((sum, count) => sum + count, 0);
}
