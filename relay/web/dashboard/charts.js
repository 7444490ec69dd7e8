// A room's lines over time: who watches, messages a minute by kind, gift value. The past is asked
// for once; what comes is taken from the RelayStats that come anyway.

import { api } from "/web/lib/api.js";
import { formatCount } from "/web/lib/format.js";
import { language, t } from "/web/lib/i18n.js";
import { make, setText } from "/web/dashboard/elements.js";
import { kindOf } from "/web/dashboard/kinds.js";
import { Series, SPANS_S } from "/web/dashboard/series.js";

const HEIGHT = 150;
const TABLE_ROWS = 12;
const RATE_KINDS = ["chat", "gift", "like", "member", "social", "other"];
const RETRY_MS = 5_000;

/** The charts of the room that is looked at. */
export class Charts {
  #room = "";
  #step = 10;
  #series = new Map(); // step -> Series of the room
  #stats = null;
  #asking = null;
  #retry = 0;
  #frame = 0;
  #plots = [];
  #holder = document.getElementById("charts");

  constructor() {
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(this.#holder);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    for (const button of document.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        for (const each of document.querySelectorAll("[data-step]")) {
          each.setAttribute("aria-pressed", String(each === button));
        }
        this.#step = Number(button.dataset.step);
        this.reload();
      });
    }
  }

  /** Show another room; "": none. */
  show(room) {
    this.#room = room;
    this.#stats = null;
    this.#series.clear();
    this.redraw();
    this.reload();
  }

  /** Take the numbers of now. */
  take(stats) {
    this.#stats = stats;
    // Those that are not shown, too: else all that came meanwhile would be one step's in the end.
    for (const series of this.#series.values()) series.take(stats);
    this.#drawSoon();
  }

  /** Ask for the past anew: some of it was missed. */
  async reload() {
    this.#asking?.abort();
    clearTimeout(this.#retry);
    if (!this.#room) return;
    const asking = (this.#asking = new AbortController());
    const step = this.#step;
    try {
      const path = `/api/rooms/${encodeURIComponent(this.#room)}/stats/series?step=${step}`;
      const { points } = await api(path, { signal: asking.signal, ask: false });
      if (this.#asking !== asking) return;
      if (!this.#series.has(step)) this.#series.set(step, new Series(step));
      this.#series.get(step).reset(points, this.#stats);
    } catch {
      if (this.#asking === asking) this.#retry = setTimeout(() => this.reload(), RETRY_MS);
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
    this.#drawSoon();
  }

  /** Draw anew, with other colours or in another language. */
  redraw() {
    for (const { plot, figure } of this.#plots) {
      plot.destroy();
      figure.remove();
    }
    this.#plots = [];
    this.#drawSoon();
  }

  #drawSoon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    if (this.#holder.clientWidth === 0) return;
    if (!this.#plots.length) this.#plots = this.#makePlots();
    const points = this.#series.get(this.#step)?.points ?? [];
    const stepS = this.#step;
    // A gap in the line rather than a line over times of which nothing is known.
    const filled = [];
    for (const point of points) {
      const before = filled.at(-1);
      if (before && point.time_ms - before.time_ms > stepS * 1500) {
        filled.push({ time_ms: before.time_ms + stepS * 1000, viewers: null });
      }
      filled.push(point);
    }
    const times = filled.map((point) => point.time_ms / 1000);
    const nowS = (this.#stats?.time_ms ?? Date.now()) / 1000;
    // A rate of a step that is not over would look like a fall.
    const isOver = (point) => point.time_ms / 1000 + stepS <= nowS;
    const firstS = times[0] ?? nowS;
    // A young room's line fills the chart rather than its last pixel.
    const fromS = Math.max(nowS - SPANS_S[stepS], Math.min(firstS, nowS - stepS * 30));
    for (const each of this.#plots) {
      const rows = each.kinds.map((kind) =>
        filled.map((point) => each.value(point, kind, stepS, isOver(point))),
      );
      each.plot.batch(() => {
        each.plot.setData([times, ...rows], false);
        each.plot.setScale("x", { min: fromS, max: Math.max(nowS, fromS + stepS) });
      });
      this.#describe(each, filled, rows);
    }
  }

  #makePlots() {
    const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const plots = [
      {
        key: "chart_viewers",
        kinds: ["viewers"],
        value: (point) => point.viewers,
        colors: [color("--line-1")],
        fill: color("--fill-1"),
      },
      {
        key: "chart_rate",
        kinds: RATE_KINDS,
        value: rateOfKind,
        colors: RATE_KINDS.map((_, index) => color(`--line-${index + 1}`)),
      },
      {
        key: "chart_gifts",
        kinds: ["gift_value"],
        value: (point) => point.gift_diamonds ?? null,
        colors: [color("--line-2")],
        fill: color("--fill-2"),
        bars: true,
      },
    ];
    const look = { axis: color("--faint"), grid: color("--grid") };
    for (const each of plots) this.#makePlot(each, look);
    return plots;
  }

  #makePlot(each, look) {
    const { uPlot } = globalThis;
    const lang = language();
    const figure = make("figure", "chart");
    const legend = make("ul", "legend");
    each.marks = each.kinds.map((kind, index) => {
      const entry = make("li");
      const swatch = make("span", "swatch");
      swatch.style.backgroundColor = each.colors[index];
      const value = make("span", "legend-value", "–");
      if (each.kinds.length > 1) entry.append(swatch, make("span", "", t(`kind_${kind}`)));
      entry.append(value);
      legend.append(entry);
      return value;
    });
    each.picture = make("div", "plot");
    each.picture.setAttribute("role", "img");
    each.table = makeTable();
    each.figure = figure;
    figure.append(make("figcaption", "", t(each.key)), each.picture, legend, each.table);
    this.#holder.append(figure);
    const axis = {
      stroke: look.axis,
      grid: { stroke: look.grid, width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    };
    each.plot = new uPlot(
      {
        width: Math.max(160, each.picture.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: { auto: false },
          y: { range: (_plot, _min, max) => [0, Math.max(4, (max ?? 0) * 1.1)] },
        },
        axes: [
          { ...axis, size: 24, values: (_plot, ticks) => ticks.map((s) => hourOf(s, ticks)) },
          {
            ...axis,
            size: 44,
            values: (_plot, ticks) =>
              ticks.map((value) => (Number.isInteger(value) ? formatCount(value, lang) : "")),
          },
        ],
        series: [
          {},
          ...each.kinds.map((_, index) => ({
            stroke: each.colors[index],
            fill: each.fill,
            width: each.bars ? 0 : 1.75,
            points: { show: each.bars ? false : undefined, size: 3 },
            paths: each.bars ? uPlot.paths.bars({ size: [0.8, 40] }) : undefined,
          })),
        ],
        hooks: { setCursor: [() => this.#showValues(each)] },
      },
      [[], ...each.kinds.map(() => [])],
      each.picture,
    );
  }

  // The values under the pointer, else the latest.
  #showValues(each) {
    const { idx } = each.plot.cursor;
    each.marks.forEach((mark, index) => {
      const values = each.plot.data[index + 1];
      const latest = values.reduce((found, value) => value ?? found, null);
      const value = idx === null || idx === undefined ? latest : values[idx];
      setText(mark, value === undefined || value === null ? "–" : formatCount(value, language()));
    });
  }

  #describe(each, points, rows) {
    this.#showValues(each);
    const title = t(each.key);
    const sums = points.map((_, index) => {
      const known = rows.map((row) => row[index]).filter((value) => value !== null);
      return known.length ? known.reduce((all, value) => all + value, 0) : null;
    });
    const known = sums.filter((value) => value !== null);
    const n = (value) => formatCount(value, language());
    const summary = known.length
      ? t("chart_summary", {
          title,
          last: n(known.at(-1)),
          min: n(known.reduce((least, value) => Math.min(least, value))),
          max: n(known.reduce((most, value) => Math.max(most, value))),
        })
      : t("chart_empty", { title });
    each.picture.setAttribute("aria-label", summary);
    if (each.table.open) fillTable(each, points, rows);
    else each.table.ontoggle = () => each.table.open && fillTable(each, points, rows);
  }

  #resize() {
    for (const { plot, picture } of this.#plots) {
      const width = Math.max(160, picture.clientWidth);
      if (plot.width !== width) plot.setSize({ width, height: HEIGHT });
    }
    if (!this.#plots.length) this.#drawSoon();
  }
}

function rateOfKind(point, kind, stepS, isOver) {
  if (!point.messages || !isOver) return null;
  let count = 0;
  for (const [method, n] of Object.entries(point.messages)) {
    const found = kindOf(method);
    if ((RATE_KINDS.includes(found) ? found : "other") === kind) count += n;
  }
  return (count * 60) / stepS;
}

function hourOf(seconds, ticks) {
  const isFine = ticks.length > 1 && ticks[1] - ticks[0] < 60;
  return new Date(seconds * 1000).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: isFine ? "2-digit" : undefined,
  });
}

function makeTable() {
  const details = make("details", "chart-table");
  details.append(make("summary", "", t("table")), make("div"));
  return details;
}

function fillTable(each, points, rows) {
  const table = make("table");
  const head = table.createTHead().insertRow();
  const names = each.kinds.length > 1 ? each.kinds.map((kind) => t(`kind_${kind}`)) : [t(each.key)];
  for (const name of [t("time"), ...names]) {
    const cell = make("th", "", name);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (let index = points.length - 1; index >= Math.max(0, points.length - TABLE_ROWS); index--) {
    const row = body.insertRow();
    row.insertCell().textContent = hourOf(points[index].time_ms / 1000, [0, 1]);
    for (const values of rows) {
      const value = values[index];
      row.insertCell().textContent = value === null ? "–" : formatCount(value, language());
    }
  }
  each.table.lastElementChild.replaceChildren(table);
}
