// The page at /: brings its parts together, and says which room is looked at.

import { api, askForToken, getToken } from "/web/lib/api.js";
import { language, onLanguage, setLanguage, t, translate } from "/web/lib/i18n.js";
import { StatsView } from "/web/lib/stats.js";
import { Charts } from "/web/dashboard/charts.js";
import { setText } from "/web/dashboard/elements.js";
import { Feed } from "/web/dashboard/feed.js";
import { Inspector } from "/web/dashboard/inspector.js";
import { Link } from "/web/dashboard/link.js";
import { showGivers, showHead, showHealth, showNumbers } from "/web/dashboard/room.js";
import { keyOf, RoomList, titleOf } from "/web/dashboard/rooms.js";
import { closedText, errorText, showError } from "/web/lib/words.js";
import "/web/dashboard/texts.js";

const ROOMS_EVERY_MS = 4_000; // besides when something is told of them
const THEME_KEY = "relay-theme";
const NARROW = matchMedia("(max-width: 56rem)");

const $ = (id) => document.getElementById(id);

let chosen = null; // a room of the link's
let chosenAs = null; // as the address called it
let state = "connecting";
let closedWith = 0; // a close code, where it is refused
let failure = null; // why the rooms can't be listed, though it is connected
let givers = "session";
let refreshing = false;
let refreshAgain = false;
let refreshTimer = 0;
let frame = 0;

const views = new Map(); // room of the link's -> StatsView

const list = new RoomList((view, isLast) => {
  if (!link.rooms.has(view.epoch)) {
    link.setRooms([...[...link.rooms.values()].map((room) => room.view), view]);
    keepStats();
  }
  // Going there takes the focus along, which whoever types the next name needs.
  if (isLast) location.hash = hashOf(view);
  refresh();
});
const charts = new Charts();
const feed = new Feed((event, byKey) => inspector.show(event, byKey));
const inspector = new Inspector({
  close: () => {
    feed.choose(null);
    $("events").focus();
  },
  onlyUser: (uid, name) => feed.only(uid, name),
});
const link = new Link({
  state: (now, code) => {
    state = now;
    closedWith = code;
    failure = null;
    showState();
    if (now === "token") forgetStats(); // they are asked for with the token that there was
  },
  event: (event, room) => {
    views.get(room)?.take(event);
    if (room === chosen) feed.add(event);
  },
  gap: (gap, room) => {
    views.get(room)?.lost();
    if (room !== chosen) return;
    feed.addGap(gap);
    charts.reload();
  },
  subscribed: (room) => views.get(room)?.subscribed(room.answer),
  whole: (room) => feed.begin(room.epoch, room.offset),
  moved: (room, before) => {
    list.moved(room.epoch, before);
    views.get(room)?.lost();
    if (chosen?.epoch === before) {
      // It turned out to be another one, which is looked at from now on.
      history.replaceState(null, "", hashOf(room.view));
      choose();
    }
    showSoon();
  },
  rooms: () => refreshSoon(),
  error: (frame) => {
    if (chosen) feed.addGap(frame);
  },
});

// Rooms

async function refresh() {
  if (refreshing) {
    refreshAgain = true;
    return;
  }
  refreshing = true;
  let answer = null;
  try {
    answer = await api("/api/rooms", { ask: false });
    failure = null;
  } catch (error) {
    // Where the relay is not there at all the connection's own state says so.
    failure = error.status ? error : null;
  }
  refreshing = false;
  showState();
  if (refreshAgain) refreshSoon();
  refreshAgain = false;
  if (!answer) return;
  link.setRooms(answer.rooms);
  keepStats();
  choose();
}

function refreshSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refresh, 200);
}

function keepStats() {
  const rooms = new Set(link.rooms.values());
  for (const [room, view] of views) {
    if (rooms.has(room)) continue;
    view.stop();
    views.delete(room);
  }
  for (const room of rooms) {
    if (views.has(room)) continue;
    const view = new StatsView({
      room: keyOf(room.view),
      token: getToken(),
      onChange: (stats) => {
        if (room === chosen) charts.take(stats);
        showSoon();
      },
    });
    views.set(room, view);
    if (room.answer) view.subscribed(room.answer);
  }
}

function forgetStats() {
  for (const view of views.values()) view.stop();
  views.clear();
}

// Say which room is looked at: the one of the address, else the first, where there is space for it.
function choose() {
  const rooms = [...link.rooms.values()];
  const wanted = new URLSearchParams(location.hash.slice(1)).get("room");
  let room = null;
  if (wanted !== null) {
    room =
      rooms.find(({ view }) => keyOf(view) === wanted) ??
      rooms.find(({ view }) => view.name === wanted || view.room_id === wanted) ??
      null;
    // It may only just have got its number.
    if (!room && wanted === chosenAs && rooms.includes(chosen)) room = chosen;
  } else if (!NARROW.matches) {
    room = rooms.includes(chosen) ? chosen : (rooms[0] ?? null);
  }
  document.body.dataset.view = wanted === null ? "list" : "room";
  if (room && wanted !== null && keyOf(room.view) !== wanted) {
    history.replaceState(null, "", hashOf(room.view));
  }
  chosenAs = room && wanted !== null ? keyOf(room.view) : null;
  const isOther = room !== chosen;
  chosen = room;
  if (isOther) {
    $("main").scrollTop = 0;
    if (NARROW.matches) scrollTo(0, 0);
    feed.show(room ? keyOf(room.view) : "");
    charts.show(room ? keyOf(room.view) : "");
    const stats = room && views.get(room)?.stats;
    if (stats) charts.take(stats);
    link.choose(room);
  }
  showChoose();
  $("room").hidden = room === null;
  showSoon();
}

// Where no room is looked at: why not.
function showChoose() {
  const isGone = new URLSearchParams(location.hash.slice(1)).has("room");
  const text = isForbidden() ? "list_forbidden_hint" : isGone ? "room_gone" : "choose";
  setText($("choose"), t(text));
  $("choose").hidden = chosen !== null;
}

function hashOf(view) {
  return `#room=${encodeURIComponent(keyOf(view))}`;
}

addEventListener("hashchange", () => {
  choose();
  if (document.body.dataset.view === "room") $("main").focus({ preventScroll: true });
});
NARROW.addEventListener("change", choose);

// Showing, at most once a frame

function showSoon() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    show();
  });
}

function show() {
  const rooms = [...link.rooms.values()];
  const told = rooms.map((room) => {
    return { epoch: room.epoch, view: room.view, stats: views.get(room)?.stats ?? null };
  });
  list.show(told, told[rooms.indexOf(chosen)] ?? null);
  document.title = chosen ? `${titleOf(chosen.view)} · ${t("title")}` : t("title");
  if (!chosen) return;
  const stats = views.get(chosen)?.stats ?? null;
  showHead(chosen.view);
  showHealth(chosen.view);
  showNumbers(stats);
  showGivers(stats, givers);
}

function showState() {
  const texts = {
    connecting: t("connecting"),
    open: t("connected"),
    waiting: t("lost"),
    refused: closedText(closedWith),
    token: t("token_wanted"),
  };
  let text = texts[state];
  if (isForbidden()) text = t("list_forbidden");
  else if (failure) text = errorText(failure);
  $("connection").dataset.state = failure ? "refused" : state;
  setText($("connection"), text);
  $("enter-again").hidden = state !== "token" && !isForbidden();
  showChoose();
}

// Whether it takes another token to list the rooms.
function isForbidden() {
  return failure?.status === 401 || failure?.status === 403;
}

// Controls

for (const button of document.querySelectorAll("[data-window]")) {
  button.addEventListener("click", () => {
    givers = button.dataset.window;
    for (const each of document.querySelectorAll("[data-window]")) {
      each.setAttribute("aria-pressed", String(each === button));
    }
    showSoon();
  });
}

$("enter-again").addEventListener("click", async () => {
  try {
    await askForToken();
  } catch {
    return;
  }
  forgetStats();
  link.start();
});

$("language").addEventListener("click", () => setLanguage(language() === "zh" ? "en" : "zh"));
onLanguage(() => {
  translate();
  showState();
  charts.redraw();
  choose();
});

$("theme").value = document.documentElement.dataset.theme ?? "auto";
$("theme").addEventListener("change", () => {
  const theme = $("theme").value;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // Storage may be switched off; then it holds for this page only.
  }
  charts.redraw();
});

let removing = null;

$("remove").addEventListener("click", () => {
  removing = chosen.view;
  setText($("confirm-title"), t("remove_title", { name: titleOf(removing) }));
  $("confirm-error").hidden = $("remove-error").hidden = true;
  $("confirm").showModal();
  $("confirm-cancel").focus();
});

$("confirm-cancel").addEventListener("click", () => $("confirm").close());

$("confirm-remove").addEventListener("click", async () => {
  const view = removing;
  // Meanwhile another room may be looked at, and be asked about.
  const isAsked = () => $("confirm").open && removing === view;
  try {
    await api(`/api/rooms/${encodeURIComponent(keyOf(view))}`, { method: "DELETE" });
  } catch (error) {
    if (isAsked()) {
      showError($("confirm-error"), error);
    } else {
      const sentence = (why) => t("remove_failed", { name: titleOf(view), why });
      showError($("remove-error"), error, sentence);
    }
    return;
  }
  if (!isAsked()) {
    refresh();
    return;
  }
  $("confirm").close();
  location.hash = "";
  await refresh();
  $("rooms-title").focus();
});

translate();
showState();
link.start();
setInterval(() => {
  if (state === "open" && !isForbidden()) refresh();
}, ROOMS_EVERY_MS);
