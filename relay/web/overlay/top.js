// The overlay `top`: who gave most.

import { formatCny, formatCount, formatNumber } from "/web/lib/format.js";
import { icon } from "/web/lib/icons.js";
import { glide, make, RunningNumber } from "/web/lib/motion.js";
import { startOverlay } from "/web/lib/overlay.js";
import { avatar, nameOf } from "/web/lib/people.js";
import { kind, methods, options } from "/web/overlay/top.options.js";

const TEXTS = {
  en: { session: "Top gifters", recent: "Top gifters · 5 min", none: "No gifts yet" },
  zh: { session: "本场礼物榜", recent: "近5分钟礼物榜", none: "虚位以待" },
};
const LEAVING_MS = 300;

/** What tells people apart; masked ones have one uid for all. */
function keyOf(user) {
  return user.masked ? `${user.sec_uid}/${user.nickname}` : user.uid;
}

/** One line of the ranking. */
class Row {
  item = make("li", "rank");
  #number = make("span", "rank-place");
  #name = make("span", "rank-name");
  #value = make("span", "rank-value");
  #bar = make("span", "rank-bar");
  #picture = make("span", "rank-picture");
  #pictureOf = null;
  #running;

  constructor(values) {
    const main = make("div", "rank-main");
    const amount = make("span", "rank-amount");
    main.append(this.#name);
    if (values.bars) main.append(this.#bar);
    this.item.append(this.#number);
    if (values.avatars) this.item.append(this.#picture);
    this.item.append(main);
    if (values.value === "diamonds") amount.append(icon("gem", "rank-gem"));
    amount.append(this.#value);
    if (values.value !== "none") this.item.append(amount);
    const number = values.short ? formatCount : formatNumber;
    const format = values.value === "cny" ? formatCny : number;
    this.#running = new RunningNumber(this.#value, (value) => format(value, values.lang));
  }

  show(place, user, value, part) {
    this.item.className = `rank place-${place}`;
    this.#number.textContent = String(place);
    const name = nameOf(user);
    if (this.#name.textContent !== name) this.#name.textContent = name;
    if (this.#pictureOf !== user.avatar + name) {
      this.#pictureOf = user.avatar + name;
      this.#picture.replaceChildren(avatar(user, "rank-avatar"));
    }
    this.#running.set(value);
    this.#bar.style.transform = `scaleX(${part})`;
  }
}

startOverlay({
  kind,
  options,
  methods,
  setup(root, values) {
    const texts = TEXTS[values.lang];
    const board = make("div", "top panel");
    const heading = values.heading || texts[values.window];
    if (heading !== "-") board.append(make("div", "top-heading", heading));
    const list = make("ol", "ranks");
    const none = make("div", "top-none", texts.none);
    board.append(list, none);
    root.append(board);
    const rows = new Map(); // key -> Row
    const measure = values.value === "none" ? "diamonds" : values.value;

    const leave = (key, row) => {
      rows.delete(key);
      row.item.animate([{ opacity: 1 }, { opacity: 0 }], LEAVING_MS);
      row.item.remove();
    };
    const show = (givers) => {
      none.hidden = givers.length > 0;
      const most = Math.max(1, ...givers.map((giver) => giver[measure]));
      glide(list, () => {
        const keys = new Set(givers.map(({ user }) => keyOf(user)));
        for (const [key, row] of rows) if (!keys.has(key)) leave(key, row);
        givers.forEach((giver, index) => {
          const key = keyOf(giver.user);
          const isNew = !rows.has(key);
          const row = rows.get(key) ?? new Row(values);
          rows.set(key, row);
          if (list.children[index] !== row.item) {
            list.insertBefore(row.item, list.children[index] ?? null);
          }
          row.show(index + 1, giver.user, giver[measure], giver[measure] / most);
          if (isNew) row.item.animate([{ opacity: 0 }, { opacity: 1 }], LEAVING_MS);
        });
      });
    };
    return {
      stats(stats) {
        const givers = values.window === "recent" ? stats.recent?.top_givers : stats.top_givers;
        if (!givers) return;
        const enough = givers.filter((giver) => giver.diamonds >= values.min_diamonds);
        show(enough.slice(0, values.rows));
      },
    };
  },
});
