// The overlay `ticker`: one line that tells who comes, follows, shares, joins the fans club.

import { startOverlay } from "/web/lib/overlay.js";
import { avatar, hueOf, nameOf } from "/web/lib/people.js";
import { kind, methods, options } from "/web/overlay/ticker.options.js";

const TEXTS = {
  zh: {
    member: "来了", follow: "关注了主播", share: "分享了直播间", join: "加入了粉丝团", rise: "粉丝团升级了",
    many: (count) => `等${count}人来了`,
  },
  en: {
    member: "is here", follow: "followed", share: "shared the stream", join: "joined the fans club",
    rise: "rose in the fans club",
    many: (count) => (count === 2 ? "and 1 more are here" : `and ${count - 1} more are here`),
  },
};
/** Paths in a square of 24. */
const ICONS = {
  member: "M10 3h9v18h-9v-3h6V6h-6zM4 11h6V7l6 5-6 5v-4H4z",
  follow: "M12 21 4 13a5.2 5.2 0 0 1 0-7.3 5.2 5.2 0 0 1 7.3 0l.7.7.7-.7a5.2 5.2 0 0 1 7.3 7.3z",
  share: "M14 4l8 7.5L14 19v-4.6C8.5 14.4 5 16 2 20c.8-6.500 4.500-10.500 12-11.300z",
  fansclub: "M12 2l3 6.600 7 .8-5.200 4.800 1.500 7L12 17.600 5.700 21.200l1.500-7L2 9.400l7-.8z",
};
const FOLLOWED = 1;
const SHARED = 3;
const JOINED = 2;
const ENTERED = [0, 1]; // upstream may leave it out
const MAX_WAITING = 50;
/** With more waiting, entries are told together. */
const MAX_SINGLE = 3;
const MIN_HOLD_MS = 900;
const MOVE_MS = 380;
const EASE = "cubic-bezier(.2, .8, .2, 1)";
const MAX_RUNNING = 60;
/** Who came while the scene was not on is not told long after. */
const STALE_AFTER_MS = 60_000;
const GAP = 1.2; // em between two that run along

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  const holder = make("span", "note-icon");
  holder.setAttribute("aria-hidden", "true");
  holder.append(svg);
  return holder;
}

/**
 * Say what an event is to the ticker.
 * @returns {{kind: string, text: string, user: object, count: number} | null} null: nothing
 */
function read({ method, payload }, values) {
  const { user, action } = payload;
  const texts = TEXTS[values.lang];
  if (!user || (user.masked && values.hide_masked)) return null;
  const note = (noteKind, text) => ({ kind: noteKind, text, user, count: 1 });
  switch (method) {
    case "WebcastMemberMessage":
      if (!ENTERED.includes(action) || user.level < values.min_level) return null;
      return note("member", texts.member);
    case "WebcastSocialMessage":
      if (action === FOLLOWED && values.follows) return note("follow", texts.follow);
      return action === SHARED && values.shares ? note("share", texts.share) : null;
    case "WebcastFansclubMessage":
      return note("fansclub", action === JOINED ? texts.join : texts.rise);
    default:
      return null;
  }
}

/** What waits to be told. Follows and the like are told before entries. */
class Waiting {
  #entries = [];
  #others = [];
  /** How many entries were too many to keep. */
  #dropped = 0;

  get length() {
    return this.#entries.length + this.#others.length;
  }

  add(note, simulated) {
    const list = note.kind === "member" ? this.#entries : this.#others;
    list.push({ ...note, simulated });
    if (list.length <= MAX_WAITING) return;
    const { kind: dropped } = list.shift();
    if (dropped === "member") this.#dropped += 1;
  }

  next(texts) {
    if (this.#others.length) return this.#others.shift();
    if (this.#entries.length <= MAX_SINGLE && !this.#dropped) return this.#entries.shift();
    const count = this.#entries.length + this.#dropped;
    const last = this.#entries[this.#entries.length - 1];
    this.#entries = [];
    this.#dropped = 0;
    return { ...last, count, text: texts.many(count) };
  }
}

function noteNode(note, values) {
  const node = make("div", `note note-${note.kind}`);
  node.dataset.kind = note.kind;
  if (note.simulated) node.dataset.simulated = "";
  node.style.setProperty("--hue", String(hueOf(note.user)));
  if (values.icons) node.append(icon(note.kind));
  if (values.avatars) node.append(avatar(note.user, "note-avatar"));
  node.append(make("span", "note-who", nameOf(note.user)), make("span", "note-what", note.text));
  return node;
}

/** One after the other. */
class Flip {
  #ticker;
  #values;
  #waiting = new Waiting();
  #shown = null;
  #timer = 0;
  #frame = 0;

  constructor(ticker, values) {
    this.#ticker = ticker;
    this.#values = values;
  }

  add(note, simulated) {
    this.#waiting.add(note, simulated);
    // In the next frame, so that what comes at once is told together.
    if (!this.#timer) this.#frame ||= requestAnimationFrame(() => this.#turn());
  }

  #turn() {
    this.#frame = 0;
    this.#timer = 0;
    if (!this.#waiting.length) {
      if (!this.#values.stay) this.#leave();
      return;
    }
    this.#leave();
    const node = noteNode(this.#waiting.next(TEXTS[this.#values.lang]), this.#values);
    this.#shown = node;
    this.#ticker.append(node);
    node.animate(
      [
        { transform: "translateY(90%)", opacity: 0 },
        { transform: "none", opacity: 1 },
      ],
      { duration: MOVE_MS, easing: EASE },
    );
    const holdMs = (this.#values.hold * 1000) / (1 + this.#waiting.length / 2);
    this.#timer = setTimeout(() => this.#turn(), Math.max(MIN_HOLD_MS, holdMs));
  }

  #leave() {
    const node = this.#shown;
    this.#shown = null;
    if (!node) return;
    node.dataset.leaving = "";
    const leaving = node.animate(
      [
        { transform: "none", opacity: 1 },
        { transform: "translateY(-90%)", opacity: 0 },
      ],
      { duration: MOVE_MS, easing: EASE, fill: "forwards" },
    );
    leaving.onfinish = () => node.remove();
  }
}

/** Running along, from right to left, one behind the other. */
class Marquee {
  #ticker;
  #values;
  #waiting = new Waiting();
  #freeAtMs = 0;
  #timer = 0;
  #frame = 0;

  constructor(ticker, values) {
    this.#ticker = ticker;
    this.#values = values;
    let width = ticker.clientWidth;
    new ResizeObserver(() => {
      if (ticker.clientWidth === width) return;
      // What runs was measured for another width.
      width = ticker.clientWidth;
      ticker.replaceChildren();
      this.#freeAtMs = 0;
    }).observe(ticker);
  }

  add(note, simulated) {
    this.#waiting.add(note, simulated);
    if (!this.#timer) this.#frame ||= requestAnimationFrame(() => this.#run());
  }

  #run() {
    this.#frame = 0;
    this.#timer = 0;
    const now = document.timeline.currentTime;
    const later = (ms) => {
      this.#timer = setTimeout(() => {
        this.#frame ||= requestAnimationFrame(() => this.#run());
      }, ms);
    };
    if (!this.#waiting.length) return;
    if (now < this.#freeAtMs || this.#ticker.childElementCount >= MAX_RUNNING) {
      later(Math.max(16, this.#freeAtMs - now));
      return;
    }
    const node = noteNode(this.#waiting.next(TEXTS[this.#values.lang]), this.#values);
    this.#ticker.append(node);
    const width = this.#ticker.clientWidth;
    const speed = width / (this.#values.cross_s * 1000);
    const own = node.offsetWidth;
    const run = node.animate(
      [{ transform: `translateX(${width}px)` }, { transform: `translateX(${-own}px)` }],
      { duration: (width + own) / speed, fill: "both" },
    );
    run.startTime = now;
    run.onfinish = () => node.remove();
    const busyMs = (own + GAP * this.#values.size) / speed;
    this.#freeAtMs = now + busyMs;
    if (this.#waiting.length) later(busyMs);
  }
}

startOverlay({
  kind,
  options,
  methods,
  staleAfterMs: STALE_AFTER_MS,
  setup(root, values) {
    const ticker = make("div", `ticker ticker-${values.style} align-${values.align}`);
    root.append(ticker);
    const screen = values.style === "flip" ? new Flip(ticker, values) : new Marquee(ticker, values);
    return {
      event(frame) {
        const note = read(frame, values);
        if (note) screen.add(note, Boolean(frame.simulated));
      },
    };
  },
});
