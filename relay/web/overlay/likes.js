// The overlay `likes`: how many there are, and hearts that rise as they come.

import { formatCount, formatNumber } from "/web/lib/format.js";
import { icon } from "/web/lib/icons.js";
import { make, RunningNumber } from "/web/lib/motion.js";
import { startOverlay } from "/web/lib/overlay.js";
import { kind, methods, options } from "/web/overlay/likes.options.js";

const RISE_MS = [1800, 3200];
const APART_MS = 90; // hearts of one event rise one after the other
const MAX_HEARTS_PER_EVENT = 6; // a message may bring hundreds of likes
const HUES = { warm: [325, 375], rainbow: [0, 360] };

function between(low, high) {
  return low + Math.random() * (high - low);
}

/** Hearts that rise; a fixed number of elements, used again and again. */
class Hearts {
  #field;
  #hues;
  #max;
  #idle = [];
  #made = 0;

  constructor(field, values) {
    this.#field = field;
    this.#hues = HUES[values.hues];
    this.#max = values.max_hearts;
  }

  rise(count) {
    if (document.visibilityState !== "visible") return;
    const hearts = Math.min(count, MAX_HEARTS_PER_EVENT);
    for (let i = 0; i < hearts; i++) {
      const heart = this.#idle.pop() ?? this.#make();
      if (!heart) return; // as many as there may be are on their way
      this.#launch(heart, i * APART_MS);
    }
  }

  #make() {
    if (this.#made >= this.#max) return null;
    this.#made += 1;
    const heart = icon("heart", "heart");
    this.#field.append(heart);
    return heart;
  }

  #launch(heart, delay) {
    if (this.#hues) heart.style.color = `hsl(${between(...this.#hues)} 95% 64%)`;
    const sway = between(.4, 2.2) * (Math.random() < 0.5 ? -1 : 1);
    const up = this.#field.clientHeight;
    const size = between(.7, 1.5);
    const turn = between(-25, 25);
    const at = (x, y, scale, angle) =>
      `translate(${x}em, ${-y * up}px) scale(${scale}) rotate(${angle}deg)`;
    const flight = heart.animate(
      [
        { transform: at(0, 0, 0.2, 0), opacity: 0 },
        { transform: at(sway * .4, .12, size, turn), opacity: 1, offset: 0.15 },
        { transform: at(sway, .5, size, -turn), opacity: 1, offset: 0.6 },
        { transform: at(sway * .2, .92, size * .8, turn), opacity: 0 },
      ],
      { duration: between(...RISE_MS), delay, easing: "ease-out", fill: "backwards" },
    );
    flight.onfinish = () => this.#idle.push(heart);
  }
}

startOverlay({
  kind,
  options,
  methods,
  setup(root, values) {
    const board = make("div", `likes align-${values.align}`);
    const field = make("div", "hearts");
    const counter = make("div", "counter panel");
    const sign = icon("heart", "counter-icon");
    const number = make("span", "counter-number", "–");
    counter.append(sign);
    if (values.number) counter.append(number);
    if (values.caption) counter.append(make("span", "counter-caption", values.caption));
    board.append(field, counter);
    root.append(board);
    const format = values.short ? formatCount : formatNumber;
    const running = new RunningNumber(number, (likes) => format(likes, values.lang));
    const hearts = values.hearts ? new Hearts(field, values) : null;
    return {
      event(frame) {
        if (frame.method !== "WebcastLikeMessage") return;
        hearts?.rise(frame.payload.count);
      },
      stats(stats, changed) {
        if (stats.likes === undefined || changed.likes === undefined) return;
        running.set(stats.likes);
        sign.animate([{ transform: "scale(1.25)" }, { transform: "none" }], 250);
      },
    };
  },
});
