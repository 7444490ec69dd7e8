// The overlay `viewers`: who watch now, who have watched, and a line of the last minutes.

import { formatCount, formatNumber } from "/web/lib/format.js";
import { icon } from "/web/lib/icons.js";
import { make, RunningNumber } from "/web/lib/motion.js";
import { startOverlay } from "/web/lib/overlay.js";
import { kind, methods, options } from "/web/overlay/viewers.options.js";

const TEXTS = {
  en: { now: "watching", total: "in all" },
  zh: { now: "在线", total: "累计观看" },
};
const STEP_MS = 10_000;
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 300;
const HEIGHT = 60;

/** The line: one point for each ten seconds. */
class Line {
  element = document.createElementNS(SVG, "svg");
  #line = document.createElementNS(SVG, "polyline");
  #area = document.createElementNS(SVG, "polygon");
  #points = []; // {step, viewers}, oldest first
  #steps;

  constructor(minutes) {
    this.#steps = (minutes * 60_000) / STEP_MS;
    this.element.setAttribute("class", "viewers-line");
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("aria-hidden", "true");
    this.#line.setAttribute("class", "viewers-line-stroke");
    this.#area.setAttribute("class", "viewers-line-area");
    this.element.append(this.#area, this.#line);
  }

  add(timeMs, viewers) {
    const step = Math.floor(timeMs / STEP_MS);
    const last = this.#points.at(-1);
    if (last && step < last.step) return;
    if (last?.step === step) last.viewers = viewers;
    else this.#points.push({ step, viewers });
    while (this.#points[0].step <= step - this.#steps) this.#points.shift();
    this.#draw(step);
  }

  /** Put what was before in front of what there is. */
  addBefore(points) {
    const first = this.#points[0]?.step ?? Infinity;
    const older = points
      .filter(({ viewers }) => viewers !== null)
      .map(({ time_ms: timeMs, viewers }) => ({ step: Math.floor(timeMs / STEP_MS), viewers }))
      .filter(({ step }) => step < first);
    this.#points = [...older, ...this.#points];
    const last = this.#points.at(-1);
    if (last) this.add(last.step * STEP_MS, last.viewers);
  }

  #draw(now) {
    const numbers = this.#points.map(({ viewers }) => viewers);
    const low = Math.min(...numbers);
    const span = Math.max(...numbers) - low || 1;
    const begin = Math.max(this.#points[0].step, now - this.#steps);
    const across = Math.max(1, now - begin);
    const at = this.#points.map(({ step, viewers }) => {
      const x = ((step - begin) / across) * WIDTH;
      const y = HEIGHT - 4 - ((viewers - low) / span) * (HEIGHT - 8);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    });
    this.#line.setAttribute("points", at.join(" "));
    this.#area.setAttribute("points", `0,${HEIGHT} ${at.join(" ")} ${WIDTH},${HEIGHT}`);
  }
}

async function askForSeries(values) {
  const headers = values.token ? { Authorization: `Bearer ${values.token}` } : {};
  const path = `/api/rooms/${encodeURIComponent(values.room_id)}/stats/series?step=10`;
  try {
    const answer = await fetch(path, { headers });
    return answer.ok ? (await answer.json()).points : [];
  } catch {
    return []; // the line then begins with what comes
  }
}

startOverlay({
  kind,
  options,
  methods,
  setup(root, values) {
    const board = make("div", `viewers align-${values.align}`);
    const panel = make("div", "counter panel");
    const numbers = make("div", "viewers-numbers");
    panel.append(numbers);
    board.append(panel);
    root.append(board);
    const texts = TEXTS[values.lang];
    const format = values.short ? formatCount : formatNumber;
    const addNumber = (name, sign) => {
      const item = make("div", `counter-item viewers-${name}`);
      const number = make("span", "counter-number", "–");
      item.append(icon(sign, "counter-icon"), number);
      if (values.captions) item.append(make("span", "counter-caption", texts[name]));
      numbers.append(item);
      return new RunningNumber(number, (value) => format(value, values.lang));
    };
    const now = values.show === "total" ? null : addNumber("now", "person");
    const total = values.show === "now" ? null : addNumber("total", "eye");
    const line = values.graph ? new Line(values.graph_minutes) : null;
    let asked = false;
    let isOver = false; // until there is a number of the next broadcast
    if (line) panel.append(line.element);
    return {
      room(state) {
        if (state === "ended" || state === "waiting") {
          isOver = true;
          now?.set(null);
        } else if (state === "live") {
          isOver = false;
        }
      },
      stats(stats, changed) {
        if (changed.viewers !== undefined && !isOver) now?.set(stats.viewers);
        if (!isOver && typeof stats.viewers === "number") line?.add(stats.time_ms, stats.viewers);
        if (stats.viewers_total !== undefined) total?.set(stats.viewers_total);
        if (!line || asked) return;
        asked = true;
        if (!values.demo) askForSeries(values).then((points) => line.addBefore(points));
      },
    };
  },
});
