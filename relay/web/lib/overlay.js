// What all overlays have in common: options, look, connection or sample events, and what to say
// when there is nothing to show; used by relay/web/overlay/*.js.

import { demoEvents } from "./demo.js";
import { commonOptions, readOptions } from "./options.js";
import { StatsView } from "./stats.js";
import { RoomStream } from "./stream.js";

/** Of events that came while the page was hidden, so many are kept for when it is seen again. */
const MAX_HELD = 500;
/** How long what is wrong with the options can be read. */
const PROBLEMS_MS = 15_000;
const TEXTS = {
  en: {
    noRoom: "Which room? Add ?room_id=… to the address, or ?demo=1 for sample events. The page /overlay/ makes the address.",
    waiting: "Waiting for the relay…",
    3500: "The token is missing or wrong. relay token overlay --room … makes one; put it into the address as token=….",
    3501: "There is no such room. Asked again every 15 s.",
    3502: "The relay does not understand the request.",
    3503: "This page may not use this relay.",
    3504: "The relay does not watch this room yet. Asked again every 15 s.",
    3505: "The relay does not watch this room yet, or the token is for another one. Asked again every 15 s.",
    refused: "The relay refuses the connection.",
    option: "Option",
  },
  zh: {
    noRoom: "请在网址后加 ?room_id=直播间号，或用 ?demo=1 查看示例。可在 /overlay/ 页面生成网址。",
    waiting: "正在等待中继启动…",
    3500: "令牌缺失或不正确。请用 relay token overlay --room 直播间号 生成，并填入网址的 token=。",
    3501: "没有这个直播间，每 15 秒重试一次。",
    3502: "中继无法理解这个请求。",
    3503: "此页面无权使用这个中继。",
    3504: "中继尚未监看这个直播间，每 15 秒重试一次。",
    3505: "中继尚未监看这个直播间，或令牌属于其他直播间，每 15 秒重试一次。",
    refused: "中继拒绝了连接。",
    option: "选项",
  },
};

/**
 * @typedef {object} Overlay
 * @property {(frame: object) => void} [event] an event of the room
 * @property {(stats: object, changed: object) => void} [stats] the relay's statistics
 * @property {(state: string) => void} [room] the state that the room has, and each that it comes to
 */

/**
 * Run an overlay.
 * @param {object} overlay
 * @param {string} overlay.kind
 * @param {import("./options.js").Schema} overlay.options its own, besides those that all have
 * @param {string[] | ((values: object) => string[])} overlay.methods short names of what it wants
 * @param {number | ((values: object) => number)} [overlay.recent] events before it was opened that
 *   it wants, too
 * @param {number | ((values: object) => number)} [overlay.staleAfterMs] what came while the page was hidden is not shown any more
 *   when it is seen again after so long
 * @param {(root: HTMLElement, values: Record<string, *>) => Overlay} overlay.setup
 */
export function startOverlay(overlay) {
  const { kind, options, methods, recent = 0, staleAfterMs = Infinity, setup } = overlay;
  const schema = { ...commonOptions, ...options };
  const { values, problems } = readOptions(schema, location.search);
  const root = document.getElementById("overlay");
  const notice = new Notice(root, values.quiet);
  applyLook(kind, values);
  const shown = setup(root, values);
  const texts = TEXTS[values.lang];
  const wanted = typeof methods === "function" ? methods(values) : methods;

  notice.sayProblems(
    problems.map(({ name, text }) => `${texts.option} ${name}: ${text[values.lang]}`),
  );

  const give = whenSeen((frame) => {
    notice.hasContent();
    shown.event?.(frame);
  }, typeof staleAfterMs === "function" ? staleAfterMs(values) : staleAfterMs);
  if (values.demo) {
    startDemo(wanted, shown, give);
    return;
  }
  if (!values.room_id) {
    notice.say(texts.noRoom);
    return;
  }
  const room = values.room_id;
  const { token } = values;
  const stats = shown.stats && new StatsView({
    room,
    token,
    onChange(state, changed) {
      notice.hasContent();
      shown.stats(state, changed);
    },
  });
  const stream = new RoomStream({
    room,
    token,
    methods: stats ? [...new Set([...wanted, "relay_stats"])] : wanted,
    recent: typeof recent === "function" ? recent(values) : recent,
    onEvent(frame) {
      if (stats && frame.method === "RelayStats") stats.take(frame);
      else give(frame);
    },
    onGap() {
      stats?.lost();
    },
    onRoom({ state }) {
      document.documentElement.dataset.room = state; // for stylesheets
      shown.room?.(state);
    },
    onSubscribed(frame) {
      // The room may have been refused before.
      document.documentElement.dataset.connection = "open";
      notice.clear();
      stats?.subscribed(frame);
    },
    onState(state, { code, text }) {
      document.documentElement.dataset.connection = state;
      if (state === "open") {
        notice.clear();
      } else if (state === "waiting") {
        notice.say(texts.waiting);
      } else if (state === "refused") {
        notice.say(texts[code] ?? `${texts.refused} ${code} ${text}`);
      }
    },
  });
  stream.start();
}

function startDemo(methods, shown, give) {
  const kinds = shown.stats ? [...new Set([...methods, "relay_stats"])] : methods;
  let state = {};
  demoEvents({
    kinds,
    onEvent(frame) {
      if (frame.method !== "RelayStats" || !shown.stats) {
        give(frame);
        return;
      }
      const { full: _full, ...changed } = frame.payload;
      state = { ...state, ...changed };
      shown.stats(state, changed);
    },
  });
}

function applyLook(kind, values) {
  const page = document.documentElement;
  page.lang = values.lang === "zh" ? "zh-CN" : "en";
  page.dataset.kind = kind;
  page.dataset.theme = values.theme;
  page.style.setProperty("--size", `${values.size}px`);
  if (values.font) {
    // A name in quotes can't be anything else; quotes in it are dropped.
    page.style.setProperty("--own-font", `"${values.font.replace(/["\\\n]/g, "")}"`);
  }
  if (values.color) page.style.setProperty("--color", values.color);
  if (values.background) page.style.setProperty("--page-background", values.background);
  if (values.opacity !== 1) page.style.setProperty("--opacity", String(values.opacity));
  const theme = document.createElement("link");
  theme.rel = "stylesheet";
  theme.href = `/web/themes/${values.theme}.css`;
  // Before the overlay's own stylesheet nothing is decided, behind it everything can be; what
  // OBS adds comes later still.
  document.head.append(theme);
}

/** Hold events back while nobody can see the page, so that it costs next to nothing then. */
function whenSeen(take, staleAfterMs) {
  let held = [];
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    const waiting = held;
    held = [];
    // By when it came here: the clock of the relay's machine may be another.
    const oldestMs = performance.now() - staleAfterMs;
    for (const { frame, atMs } of waiting) if (atMs >= oldestMs) take(frame);
  });
  return (frame) => {
    if (document.visibilityState === "visible") {
      take(frame);
      return;
    }
    held.push({ frame, atMs: performance.now() });
    // Not one by one, which would move them all for each event.
    if (held.length > 2 * MAX_HELD) held = held.slice(-MAX_HELD);
  };
}

/**
 * Small text: what is missing, as long as there is nothing else to see, and what is wrong with the
 * options, for a while whatever there is to see.
 */
class Notice {
  #element;
  #quiet;
  #said = "";
  #problems = [];
  #hasContent = false;

  constructor(root, quiet) {
    this.#quiet = quiet;
    this.#element = document.createElement("div");
    this.#element.className = "notice";
    this.#element.setAttribute("role", "status");
    this.#element.hidden = true;
    root.after(this.#element);
  }

  say(text) {
    this.#said = this.#hasContent ? "" : text;
    this.#show();
  }

  clear() {
    this.say("");
  }

  sayProblems(problems) {
    this.#problems = problems;
    this.#show();
    if (problems.length) this.#forgetProblems();
  }

  /** There is something to see: from now on nothing is missing any more. */
  hasContent() {
    if (this.#hasContent) return;
    this.#hasContent = true;
    this.clear();
  }

  #forgetProblems() {
    if (document.visibilityState !== "visible") {
      // A scene that is not on: the time to read it begins when it is.
      const again = () => this.#forgetProblems();
      document.addEventListener("visibilitychange", again, { once: true });
      return;
    }
    setTimeout(() => this.sayProblems([]), PROBLEMS_MS);
  }

  #show() {
    const lines = [...this.#problems, this.#said].filter(Boolean);
    this.#element.replaceChildren(
      ...lines.map((text) => {
        const line = document.createElement("div");
        line.textContent = text;
        return line;
      }),
    );
    this.#element.hidden = this.#quiet || !lines.length;
  }
}
