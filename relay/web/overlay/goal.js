// The overlay `goal`: a bar that fills towards a number.

import { formatCount, formatNumber } from "/web/lib/format.js";
import { make, RunningNumber } from "/web/lib/motion.js";
import { startOverlay } from "/web/lib/overlay.js";
import { COUNTED, kind, methods, options } from "/web/overlay/goal.options.js";

const PIECES = 70;
const CONFETTI_MS = [1600, 3000];
const COLOURS = ["#ff4d6d", "#ffd166", "#4dd4ac", "#4d9fff", "#c77dff", "#ffffff"];

/** What is aimed at now: raised by `step` as often as it was reached. */
function targetOf(value, { target, step }) {
  if (!step || value < target) return target;
  return target + step * (Math.floor((value - target) / step) + 1);
}

/** How often it was reached. */
function timesReached(value, { target, step }) {
  if (value < target) return 0;
  return step ? Math.floor((value - target) / step) + 1 : 1;
}

function throwConfetti(field) {
  if (document.visibilityState !== "visible" || field.childElementCount) return;
  let left = PIECES;
  for (let i = 0; i < PIECES; i++) {
    const piece = make("i", "confetti");
    piece.style.left = `${Math.random() * 100}%`;
    piece.style.backgroundColor = COLOURS[i % COLOURS.length];
    field.append(piece);
    const [least, most] = CONFETTI_MS;
    const across = (Math.random() - 0.5) * 12;
    const up = -2 - Math.random() * 5;
    const turn = Math.random() * 1080 - 540;
    const fall = piece.animate(
      [
        { transform: "translate(0, 0)", opacity: 1, easing: "cubic-bezier(.1, .8, .4, 1)" },
        {
          transform: `translate(${across / 2}em, ${up}em) rotate(${turn / 2}deg)`,
          opacity: 1, offset: 0.35, easing: "ease-in",
        },
        { transform: `translate(${across}em, 7em) rotate(${turn}deg)`, opacity: 0 },
      ],
      { duration: least + Math.random() * (most - least), fill: "forwards" },
    );
    fall.onfinish = () => {
      left -= 1;
      if (!left) field.replaceChildren();
    };
  }
}

startOverlay({
  kind,
  options,
  methods,
  setup(root, values) {
    const board = make("div", "goal");
    const panel = make("div", "goal-panel panel");
    const head = make("div", "goal-head");
    head.append(make("span", "goal-heading", values.heading || COUNTED[values.of][values.lang]));
    const numbers = make("span", "goal-numbers");
    const current = make("span", "goal-current", "–");
    const target = make("span", "goal-target");
    const percent = make("span", "goal-percent");
    if (["both", "number"].includes(values.numbers)) numbers.append(current, " / ", target);
    head.append(numbers);
    const bar = make("div", "goal-bar");
    const fill = make("div", "goal-fill");
    if (values.bar) fill.style.setProperty("--goal-bar", values.bar);
    bar.append(fill);
    if (["both", "percent"].includes(values.numbers)) bar.append(percent);
    const field = make("div", "confetti-field");
    panel.append(head, bar);
    board.append(panel, field);
    root.append(board);
    const format = values.short ? formatCount : formatNumber;
    const running = new RunningNumber(current, (value) => format(value, values.lang));
    let reached = null; // how often at most; null until the first number of a broadcast
    let sinceMs = null;
    return {
      stats(stats) {
        const value = stats[values.of];
        if (typeof value !== "number") return;
        const aim = targetOf(value, values);
        const whole = Math.max(1, aim - values.from);
        const done = Math.min(whole, Math.max(0, value - values.from));
        running.set(Math.floor(value));
        target.textContent = format(aim, values.lang);
        percent.textContent = `${Math.floor((done * 100) / whole)}%`;
        fill.style.transform = `scaleX(${done / whole})`;
        const times = timesReached(value, values);
        if (stats.since_ms !== sinceMs) reached = null;
        sinceMs = stats.since_ms;
        board.classList.toggle("reached", !values.step && times > 0);
        if (reached !== null && times > reached && values.celebrate) throwConfetti(field);
        // Viewers leave and come back: that is nothing to celebrate again.
        reached = Math.max(reached ?? 0, times);
      },
    };
  },
});
