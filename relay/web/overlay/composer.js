// The page /overlay/: makes an overlay's address, with a live preview of it, and sends test
// events.

import { api } from "/web/lib/api.js";
import { addTexts, language, onLanguage, pick, setLanguage, t, translate } from "/web/lib/i18n.js";
import { commonOptions, readOptions, writeOptions } from "/web/lib/options.js";
import * as chat from "/web/overlay/chat.options.js";
import { readAddress, readHash } from "/web/overlay/composer.address.js";
import { makeControl } from "/web/overlay/composer.controls.js";
import { loaderFile, saveFile } from "/web/overlay/composer.loader.js";
import { startTestPanel } from "/web/overlay/composer.panel.js";
import { TEXTS } from "/web/overlay/composer.texts.js";
import * as gifts from "/web/overlay/gifts.options.js";
import * as goal from "/web/overlay/goal.options.js";
import * as likes from "/web/overlay/likes.options.js";
import * as ticker from "/web/overlay/ticker.options.js";
import * as top from "/web/overlay/top.options.js";
import * as viewers from "/web/overlay/viewers.options.js";

const OVERLAYS = new Map(
  [chat, gifts, likes, viewers, goal, top, ticker].map((overlay) => [overlay.kind, overlay]),
);
const RELOAD_AFTER_MS = 300;
const MIN_STAGE_PX = 320;
const MAX_PATH_CHARS = 8_000; // a relay answers no longer request line than 8190 bytes
const BESIDE_STAGE_PX = 400; // what is above and below the preview
// What the preview is for, rather than the address.
const NOT_OFFERED = new Set(["demo"]);
// The same for all overlays of somebody's scene: kept when another kind is chosen.
const KEPT = ["room_id", "token", "theme", "lang", "font"];
// A relay starts to watch whatever room it is asked for: not each beginning of a number is one.
const PREVIEWED_WHOLE = new Set(["room_id", "token"]);
const SMALL_SCREEN = matchMedia("(max-width: 900px)");

addTexts(TEXTS);

const $ = (id) => document.getElementById(id);
const schemaOf = (kind) => ({ ...commonOptions, ...OVERLAYS.get(kind).options });

let kind = "chat";
let values = readOptions(schemaOf(kind), "").values;
let shownAddress = ""; // in the preview
let reload = 0;
let keep = 0;
let problemsShown = [];
const left = new Map(); // kind -> its values when another kind was chosen

// Address

/** Give the address of the overlay; `more` is added to it, in the preview. */
function address(more = {}) {
  const query = new URLSearchParams(writeOptions(schemaOf(kind), values));
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const text = query.toString();
  return `${location.origin}/overlay/${kind}${text ? `?${text}` : ""}`;
}

/** Take over a kind with its options, as a query string has them. */
function take(name, query) {
  const read = readOptions(schemaOf(name), query);
  kind = name;
  values = read.values;
  if (values.demo) chooseSource("demo");
  values.demo = false;
  showProblems(read.problems);
}

/** Take over what this page's own address says, but the token, which is never there. */
function takeHash() {
  const found = readHash();
  if (!OVERLAYS.has(found?.name)) return;
  const { token } = values;
  take(found.name, found.query);
  values.token ||= token;
}

/** Take an address apart that was pasted; false where it is none of ours. */
function takeAddress(text) {
  const found = readAddress(text);
  if (!OVERLAYS.has(found?.name)) return false;
  take(found.name, found.query);
  showKind();
  return true;
}

function showProblems(problems) {
  problemsShown = problems;
  const items = problems.map(({ name, text }) => {
    const item = document.createElement("li");
    item.textContent = `${name}: ${pick(text)}`;
    return item;
  });
  $("problems").replaceChildren(...items);
}

function say(text) {
  $("said").textContent = text;
}

/** Show what follows from the options; `typing`: the preview waits until it is all typed. */
function update({ typing = false } = {}) {
  $("address").value = address();
  $("open").href = address();
  $("too-long").hidden = address().length - location.origin.length <= MAX_PATH_CHARS;
  say(""); // it was of another address
  showTestPanel();
  // Browsers refuse a page that does so for each step of a slider.
  clearTimeout(keep);
  keep = setTimeout(keepHash, RELOAD_AFTER_MS);
  clearTimeout(reload);
  if (!typing) reload = setTimeout(showPreview, RELOAD_AFTER_MS);
}

function keepHash() {
  // The token is not to be found in the browser's history.
  const { token: _token, ...rest } = values;
  history.replaceState(null, "", `#${kind}?${writeOptions(schemaOf(kind), rest)}`);
}

// Preview

function source(name) {
  return document.querySelector(`input[name=source][value=${name}]`);
}

function chooseSource(name) {
  if (source(name).checked) return;
  source(name).checked = true;
  showPreview();
}

function showPreview({ again = false } = {}) {
  const isDemo = source("demo").checked;
  const wanted = address(isDemo ? { demo: "1" } : {});
  if (wanted === shownAddress && !again) return;
  shownAddress = wanted;
  // Replaced rather than set, so that going back leaves the page at once.
  $("frame").contentWindow.location.replace(wanted);
}

/** Give a side of the preview in px; the overlay's own where none that can be is typed. */
function sideOf(id) {
  const { value, validity } = $(id);
  const right = value !== "" && !validity.rangeUnderflow && !validity.rangeOverflow;
  $(id).setAttribute("aria-invalid", String(!right));
  return right ? Number(value) : OVERLAYS.get(kind)[id];
}

function fitPreview() {
  const width = sideOf("width");
  const height = sideOf("height");
  const space = Math.max(MIN_STAGE_PX, innerHeight - BESIDE_STAGE_PX);
  const scale = Math.min(1, $("stage").clientWidth / width, space / height);
  $("frame").style.width = `${width}px`;
  $("frame").style.height = `${height}px`;
  $("frame").style.transform = `scale(${scale})`;
  $("frame-box").style.width = `${width * scale}px`;
  $("frame-box").style.height = `${height * scale}px`;
}

// Options

function showGroups() {
  const { options } = OVERLAYS.get(kind);
  const groups = new Map();
  const add = ([name, option]) => {
    if (NOT_OFFERED.has(name)) return;
    const { entries } = groups.get(option.group.en) ?? { entries: [] };
    groups.set(option.group.en, { title: option.group, entries: [...entries, [name, option]] });
  };
  const common = Object.entries(commonOptions);
  const isSource = ([, option]) => option.group === commonOptions.room_id.group;
  common.filter(isSource).forEach(add);
  Object.entries(options).forEach(add);
  common.filter((entry) => !isSource(entry)).forEach(add);
  const closed = new Set(
    [...$("groups").querySelectorAll("details:not([open])")].map((one) => one.dataset.group),
  );
  // On a small screen the preview is below all of them.
  const isFirst = !$("groups").childElementCount;
  const elements = [...groups].map(([group, { title, entries }], index) => {
    const details = document.createElement("details");
    details.open = isFirst && SMALL_SCREEN.matches ? index === 0 : !closed.has(group);
    details.dataset.group = group;
    const summary = document.createElement("summary");
    summary.textContent = pick(title);
    details.append(summary);
    for (const [name, option] of entries) {
      const onChange = (value, typing = false) => {
        values[name] = value;
        update({ typing: typing && PREVIEWED_WHOLE.has(name) });
      };
      details.append(makeControl(name, option, values[name], onChange));
    }
    return details;
  });
  $("groups").replaceChildren(...elements);
}

function showKinds() {
  const items = [...OVERLAYS].map(([name, overlay]) => {
    const label = document.createElement("label");
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "kind";
    radio.value = name;
    radio.checked = name === kind;
    const text = document.createElement("span");
    text.textContent = pick(overlay.title);
    label.append(radio, text);
    return label;
  });
  $("kinds").replaceChildren(...items);
}

/** Show the kind that was chosen, with all its options. */
function showKind() {
  const overlay = OVERLAYS.get(kind);
  showKinds();
  $("description").textContent = pick(overlay.description);
  $("width").value = String(overlay.width);
  $("height").value = String(overlay.height);
  showGroups();
  fitPreview();
  update();
}

/** Tell whether the overlay as it is set shows events of a method. */
function takes(method) {
  const { methods } = OVERLAYS.get(kind);
  return (typeof methods === "function" ? methods(values) : methods).includes(method);
}

function chooseKind(name) {
  const kept = Object.fromEntries(KEPT.map((option) => [option, values[option]]));
  left.set(kind, values);
  kind = name;
  values = { ...(left.get(kind) ?? readOptions(schemaOf(kind), "").values), ...kept };
  showProblems([]);
  showKind();
  $("kinds").querySelector(":checked").focus();
}

async function suggestRooms() {
  let rooms;
  try {
    ({ rooms } = await api("/api/rooms", { ask: false }));
  } catch {
    return; // no suggestions then: a room can still be typed
  }
  const suggestions = rooms.map((room) => {
    const option = document.createElement("option");
    option.value = room.web_rid || room.name;
    option.label = [room.anchor, room.title].filter(Boolean).join(" · ");
    return option;
  });
  $("rooms").replaceChildren(...suggestions);
}

// Page

function showLanguage() {
  translate();
  document.title = t("title");
  $("language").textContent = language() === "zh" ? "English" : "中文";
  $("language").lang = language() === "zh" ? "en" : "zh-CN";
  const size = [$("width").value, $("height").value];
  showProblems(problemsShown);
  showKind();
  [$("width").value, $("height").value] = size[0] ? size : [$("width").value, $("height").value];
  fitPreview();
}

$("language").addEventListener("click", () => setLanguage(language() === "zh" ? "en" : "zh"));
$("kinds").addEventListener("change", ({ target }) => chooseKind(target.value));
$("options").addEventListener("submit", (event) => event.preventDefault());
$("reset").addEventListener("click", () => {
  const { room_id, token } = values;
  values = { ...readOptions(schemaOf(kind), "").values, room_id, token };
  showProblems([]);
  showKind();
});
$("address").addEventListener("focus", () => $("address").select());
$("address").addEventListener("change", () => {
  const taken = takeAddress($("address").value);
  say(taken ? "" : t("not_ours"));
  if (!taken) $("address").value = address();
});
$("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(address());
    say(t("copied"));
  } catch {
    // Only secure origins may, which is this machine's; over a network it may not.
    $("address").select();
    say(t("copy_failed"));
  }
});
$("loader").addEventListener("click", () => {
  saveFile(`${kind}-overlay.html`, loaderFile(address()));
  say(t("loader_saved"));
});
$("again").addEventListener("click", () => showPreview({ again: true }));
for (const id of ["width", "height"]) $(id).addEventListener("input", fitPreview);
for (const radio of document.querySelectorAll("input[name=source]")) {
  radio.addEventListener("change", () => showPreview());
}
$("backdrop").addEventListener("change", () => {
  $("stage").dataset.backdrop = $("backdrop").value;
});
addEventListener("resize", fitPreview);
addEventListener("hashchange", () => {
  takeHash();
  showKind();
});
onLanguage(showLanguage);

takeHash();
const showTestPanel = startTestPanel({
  room: () => values.room_id,
  takes,
  onSent(method) {
    if (takes(method)) chooseSource("room");
  },
});
showLanguage();
suggestRooms();
