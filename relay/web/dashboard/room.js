// The head of a room's page: what it is, how it is, its numbers and who gave most.

import { formatCny, formatCount, formatDiamonds } from "/web/lib/format.js";
import { language, t } from "/web/lib/i18n.js";
import { avatar, nameOf } from "/web/lib/people.js";
import { clock, make, setText, update } from "/web/dashboard/elements.js";
import { makeState, rateOf, titleOf } from "/web/dashboard/rooms.js";
import {
  causeText,
  cureText,
  hintText,
  isSentenceWanted,
  lineText,
  transportText,
} from "/web/lib/words.js";

const DAY_MS = 86_400_000;
const WARN_BEFORE_MS = 7 * DAY_MS; // of a login that expires

const $ = (id) => document.getElementById(id);

/** Show what the room is and how it is. */
export function showHead(view) {
  setText($("room-name"), titleOf(view));
  setText($("room-title"), view.title);
  $("room-title").hidden = !view.title;
  const facts = [makeState(view), make("span", "", t("since", { time: timeOf(view.since) }))];
  if (view.transport) facts.push(make("span", "", transportText(view.transport)));
  if (view.health.identity) facts.push(make("span", "", identityText(view.health.identity)));
  if (view.web_rid) {
    const link = make("a", "", t("open_douyin"));
    link.href = `https://live.douyin.com/${encodeURIComponent(view.web_rid)}`;
    link.target = "_blank";
    link.rel = "noreferrer";
    facts.push(make("span", "number", view.web_rid), link);
  }
  update($("room-facts"), facts);
}

/** Show what is wrong with the room, and what is done about it; nothing where all is well. */
export function showHealth(view) {
  const { health } = view;
  const box = $("health");
  const notes = [];
  const refused = view.state === "blocked" || view.state === "error";
  if (!health.ok || refused) notes.push(makeTrouble(view, refused));
  const login = makeLogin(health);
  if (login) notes.push(login);
  if (!notes.length && health.hint) notes.push(makeNote("warn", hintText(view.reason, health.hint)));
  if (notes.length && health.connections.length > 1) notes.push(makeConnections(health.connections));
  box.hidden = notes.length === 0;
  update(box, notes);
}

/** Show the numbers; nothing is known where `stats` is null. */
export function showNumbers(stats) {
  const lang = language();
  const n = (value) => (value === undefined || value === null ? "–" : formatCount(value, lang));
  const sum = (counts) => (counts ? Object.values(counts).reduce((all, one) => all + one, 0) : null);
  const { recent } = stats ?? {};
  const fiveMin = (value) => (recent ? t("recent_sub", { n: n(value) }) : "");
  const s = stats ?? {};
  const tiles = [
    ["viewers", n(s.viewers), t("viewers_sub", { peak: n(s.viewers_peak), total: n(s.viewers_total) })],
    ["likes", n(s.likes), fiveMin(recent?.likes)],
    ["rate", n(rateOf(stats)), t("rate_sub", { n: n(sum(s.messages)) })],
    [
      "chart_gifts",
      n(s.gift_diamonds),
      t("gift_sub", {
        cny: s.gift_cny === undefined ? "–" : formatCny(s.gift_cny, lang),
        n: n(s.gifts),
        givers: n(s.givers),
      }),
    ],
    ["followers", n(s.followers), fiveMin(recent?.followers)],
    ["newcomers", n(s.newcomers), t("newcomers_sub", { n: n(s.entries) })],
  ];
  const list = $("tiles");
  tiles.forEach(([key, value, sub], index) => {
    const tile = list.children[index] ?? list.appendChild(makeTile());
    setText(tile.children[0], t(key));
    setText(tile.children[1], value);
    setText(tile.children[2], sub);
  });
  list.title = s.since_ms ? t("counting_since", { time: timeOf(s.since_ms) }) : "";
}

let giversShown = "";

/** Show who gave most. `window`: `session` or `recent`. */
export function showGivers(stats, window) {
  const givers = (window === "recent" ? stats?.recent?.top_givers : stats?.top_givers) ?? [];
  const lang = language();
  $("no-givers").hidden = givers.length > 0;
  // Pictures are not to be asked for anew each second.
  const said = JSON.stringify([lang, givers]);
  if (giversShown === said) return;
  giversShown = said;
  const rows = givers.map(({ user, gifts, diamonds, cny }) => {
    const row = make("li");
    const value = make("span", "giver-value", formatDiamonds(diamonds, lang));
    value.title = formatCny(cny, lang);
    row.append(
      avatar(user),
      make("span", "giver-name", nameOf(user)),
      make("span", "faint", t(gifts === 1 ? "giver_row_one" : "giver_row", { n: formatCount(gifts, lang) })),
      value,
    );
    return row;
  });
  $("givers").replaceChildren(...rows);
}

function makeTile() {
  const tile = make("div", "tile");
  tile.append(make("dt"), make("dd", "value"), make("dd", "sub"));
  return tile;
}

function makeTrouble(view, refused) {
  const { health } = view;
  const note = makeNote(refused ? "bad" : "warn", "");
  const cause = health.cause || view.reason;
  const title = make("p", "note-title", cause ? causeText(cause) : t(`state_${view.state}`));
  if (health.since_ms) {
    title.append(make("span", "faint", t("health_since", { time: timeOf(health.since_ms) })));
  }
  note.append(title);
  if (!isSentenceWanted(cause)) title.title = health.text;
  else if (health.text) note.append(make("p", "note-text", health.text));
  if (health.hint) note.append(make("p", "note-hint", hintText(cause, health.hint)));
  if (health.next) {
    const when = health.next.at_ms <= Date.now()
      ? t("health_now")
      : t("health_in", { time: span(health.next.at_ms - Date.now()) });
    note.append(make("p", "note-next", t("health_next", { cure: cureText(health.next.cure) }) + when));
  }
  if (health.tried.length) {
    const details = make("details", "tried");
    details.append(make("summary", "", t("health_tried", { n: health.tried.length })));
    const list = make("ul");
    for (const { cure, at_ms, outcome } of health.tried) {
      const values = { time: timeOf(at_ms), cure: cureText(cure), cause: causeText(outcome) };
      list.append(make("li", "", t("health_tried_row", values)));
    }
    details.append(list);
    note.append(details);
  }
  return note;
}

function makeLogin(health) {
  const { login_valid_until_ms: until } = health;
  if (until === null || until - Date.now() > WARN_BEFORE_MS) return null;
  const left = until - Date.now();
  const name = health.identity === "anonymous" ? "" : health.identity;
  if (left <= 0) {
    return makeNote("bad", t("login_expired", { name, when: t("ago", { time: span(-left) }) }));
  }
  const note = t("login_expires", { name, when: t("health_in", { time: span(left) }) });
  return makeNote(left < DAY_MS ? "bad" : "warn", note);
}

function makeConnections(connections) {
  const details = make("details", "connections");
  details.append(make("summary", "", `${t("connections")} (${connections.length})`));
  const list = make("ul");
  for (const each of connections) {
    const values = {
      transport: transportText(each.transport),
      state: lineText(each.state),
      identity: identityText(each.identity),
    };
    const row = make("li", "", t("connection_row", values));
    if (each.cause) row.append(` – ${causeText(each.cause)}`);
    list.append(row);
  }
  details.append(list);
  return details;
}

function makeNote(level, text) {
  const note = make("div", `note ${level}`);
  if (text) note.append(make("p", "", text));
  return note;
}

function identityText(identity) {
  return t("identity", { name: identity === "anonymous" ? t("anonymous") : identity });
}

function timeOf(ms) {
  return clock(ms, language() === "zh" ? "zh-CN" : "en-GB");
}

// The largest unit that fits: 12 s, 3 min, 5 h, 2 d.
function span(ms) {
  const zh = language() === "zh";
  const units = [
    [DAY_MS, zh ? "天" : " d"],
    [3_600_000, zh ? "小时" : " h"],
    [60_000, zh ? "分钟" : " min"],
    [1000, zh ? "秒" : " s"],
  ];
  const [size, unit] = units.find(([each]) => ms >= each) ?? units.at(-1);
  return `${Math.max(1, Math.round(ms / size))}${unit}`;
}
