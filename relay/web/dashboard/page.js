// The page at /: lists rooms, subscribes to all of them, shows what arrives. Everything that comes
// from Douyin is put in as text, never as markup.
"use strict";

const KINDS = {
  WebcastChatMessage: ["chat", "chat"],
  WebcastEmojiChatMessage: ["chat", "emoji"],
  WebcastScreenChatMessage: ["chat", "chat"],
  WebcastGiftMessage: ["gift", "gift"],
  WebcastLikeMessage: ["like", "like"],
  WebcastMemberMessage: ["member", "join"],
  WebcastSocialMessage: ["social", "follow"],
  WebcastFansclubMessage: ["social", "fans club"],
};
const MAX_ROWS = 300; // older ones leave the page
const RECENT = 50; // events shown of before the page was opened
const ROOMS_EVERY_MS = 4000;
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 15000;
const BAD_TOKEN = 3500; // close code
const TOKEN_KEY = "relay-token"; // in sessionStorage: gone with the tab

const $ = (id) => document.getElementById(id);
// epoch -> {view, offset, subscribed}. The epoch is the stream's: it stays when the room gets a
// name or an id that was not known before. `offset` is the last one received, null for none.
const rooms = new Map();
let socket = null;
let waitMs = MIN_WAIT_MS;
let waiting = []; // rows for the next animation frame, oldest first
let stopped = false;
let token = sessionStorage.getItem(TOKEN_KEY) ?? "";

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

// Rooms

async function api(path, options = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(path, { ...options, headers });
  const body = await answer.json();
  if (answer.status === 401) askForToken();
  if (!answer.ok) throw new Error(body.error.message);
  return body;
}

async function refreshRooms() {
  let views;
  try {
    views = (await api("/api/rooms")).rooms;
  } catch {
    return; // the connection's own status says what is wrong
  }
  const epochs = new Set(views.map((view) => view.epoch));
  for (const epoch of rooms.keys()) if (!epochs.has(epoch)) rooms.delete(epoch);
  for (const view of views) {
    const room = rooms.get(view.epoch) ?? { offset: null, subscribed: false };
    room.view = view;
    rooms.set(view.epoch, room);
  }
  showRooms();
  subscribe();
}

function showRooms() {
  const items = [...rooms.values()].map(({ view }) => {
    const item = document.createElement("li");
    const line = element("div", "room-line", "");
    const state = element("span", "state", view.state);
    state.dataset.state = view.state;
    line.append(element("span", "room-name", view.anchor || view.name), state);
    const details = [view.title, view.web_rid || view.name, view.reason.replaceAll("_", " ")];
    if (view.events) details.push(`${view.events} events`);
    item.append(line, element("div", "room-detail", details.filter(Boolean).join(" · ")));
    return item;
  });
  $("rooms").replaceChildren(...items);
  $("no-rooms").hidden = items.length > 0;
}

$("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = $("add-room").value.trim();
  if (!name) return;
  let problem = "";
  try {
    await api("/api/rooms", { method: "POST", body: JSON.stringify({ room: name }) });
    $("add-room").value = "";
    await refreshRooms();
  } catch (error) {
    problem = error.message;
  }
  $("add-error").textContent = problem;
  $("add-error").hidden = !problem;
});

// Token

function askForToken() {
  $("enter-error").hidden = !token;
  token = "";
  sessionStorage.removeItem(TOKEN_KEY);
  stopped = true;
  const old = socket;
  socket = null;
  old?.close();
  setConnection("closed", "a token is wanted");
  $("enter").hidden = false;
  $("enter-token").focus();
}

$("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("enter-token").value.trim();
  $("enter-token").value = "";
  if (!token) return;
  sessionStorage.setItem(TOKEN_KEY, token);
  $("enter").hidden = true;
  stopped = false;
  connect();
});

// Connection

function setConnection(state, text) {
  $("connection").dataset.state = state;
  $("connection").textContent = text;
}

function connect() {
  setConnection("connecting", "connecting…");
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
  // Browsers let pages send no headers with a WebSocket.
  const opened = new WebSocket(
    token ? `${address}?token=${encodeURIComponent(token)}` : address,
  );
  socket = opened;
  for (const room of rooms.values()) room.subscribed = false;
  opened.onmessage = (event) => receive(JSON.parse(event.data));
  opened.onclose = (event) => {
    if (socket !== opened) return;
    socket = null;
    if (event.code === BAD_TOKEN) {
      askForToken();
      return;
    }
    if (event.code >= 3500 && event.code < 4000) {
      stopped = true;
      setConnection("closed", event.reason || `closed (${event.code})`);
      return;
    }
    setConnection("closed", "connection lost, trying again…");
    setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
    waitMs = Math.min(waitMs * 2, MAX_WAIT_MS);
  };
}

function subscribe() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  for (const [epoch, room] of rooms) {
    if (room.subscribed) continue;
    room.subscribed = true;
    const { view } = room;
    const since = `${epoch}:${room.offset ?? Math.max(0, view.offset - RECENT)}`;
    const request = { op: "subscribe", room_id: view.web_rid || view.name, since };
    socket.send(JSON.stringify({ ...request, method: Object.keys(KINDS) }));
  }
}

function receive(frame) {
  if (frame.op === undefined) {
    moveOn(frame.epoch, frame.offset);
    addRow(eventRow(frame, rooms.get(frame.epoch)));
    return;
  }
  switch (frame.op) {
    case "hello":
      waitMs = MIN_WAIT_MS;
      setConnection("open", "connected");
      refreshRooms();
      break;
    case "subscribed": {
      // Not always asked for: a room may turn out to be another one, or go on in an old epoch.
      const same = ([, { view }]) => view.name === frame.room || view.web_rid === frame.room;
      const known = [...rooms].find(same);
      if (known && !rooms.has(frame.epoch)) {
        rooms.delete(known[0]);
        rooms.set(frame.epoch, known[1]);
      }
      const room = rooms.get(frame.epoch);
      if (room) room.subscribed = true;
      moveOn(frame.epoch, frame.offset);
      break;
    }
    case "unsubscribed": // when it is watched again it may have another epoch
    case "room":
      refreshSoon();
      break;
    case "gap":
      if (frame.to !== null) moveOn(frame.epoch, frame.to);
      addRow(gapRow(frame));
      break;
    case "error":
      addRow(noticeRow(frame.message));
      break;
  }
}

// Remember how far a room has been received, to go on there after a lost connection.
function moveOn(epoch, offset) {
  const room = rooms.get(epoch);
  if (room) room.offset = offset;
}

let refreshTimer = 0;
function refreshSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refreshRooms, 200);
}

// Rows

function row(kind, label, time) {
  const item = document.createElement("li");
  item.dataset.kind = kind;
  item.append(
    element("time", "", new Date(time).toLocaleTimeString("en-GB")),
    element("span", "kind", label),
  );
  const text = element("span", "text", "");
  item.append(text);
  return [item, text];
}

function eventRow(event, room) {
  return () => {
    const [kind, label] = KINDS[event.method] ?? ["other", event.method];
    const { user, content, action, count, combo, repeat_end: closes } = event.payload;
    let [name, what] = [label, content ?? ""];
    if (event.method === "WebcastSocialMessage" && action === 3) name = "share";
    if (event.method === "WebcastLikeMessage" && count > 1) what += ` x${count}`;
    // What closes a combo repeats its last number: it is no further gift.
    const isTotal = event.method === "WebcastGiftMessage" && combo && closes;
    const [item, text] = row(kind, isTotal ? "total" : name, event.time);
    item.classList.toggle("total", isTotal);
    text.append(element("span", "who", user?.nickname || "—"), element("span", "what", what));
    if (rooms.size > 1) {
      text.append(element("span", "where", room?.view.anchor || event.web_rid));
    }
    return item;
  };
}

function gapRow(frame) {
  const count = frame.to === null ? "some" : String(frame.to - frame.from + 1);
  return noticeRow(`${count} events missing here (${frame.reason.replaceAll("_", " ")})`);
}

function noticeRow(message) {
  const now = Date.now();
  return () => {
    const [item, text] = row("gap", "", now);
    text.textContent = message;
    return item;
  };
}

function addRow(make) {
  waiting.push(make);
  if (waiting.length > MAX_ROWS) waiting.shift();
  if (waiting.length === 1) requestAnimationFrame(showRows);
}

function showRows() {
  const list = $("events");
  list.prepend(...waiting.reverse().map((make) => make()));
  waiting = [];
  while (list.childElementCount > MAX_ROWS) list.lastElementChild.remove();
  $("no-events").hidden = true;
}

$("kinds").addEventListener("change", () => {
  const off = [...document.querySelectorAll("#kinds input:not(:checked)")];
  $("events").dataset.hide = off.map((box) => box.value).join(" ");
});

connect();
setInterval(() => {
  if (!stopped) refreshRooms();
}, ROOMS_EVERY_MS);
