// The composer's panel that puts test events into a room's stream.

import { api } from "/web/lib/api.js";
import { t } from "/web/lib/i18n.js";
import { showError } from "/web/lib/words.js";

const MAX_SUGGESTED = 300;
/** Kinds of test events whose method has another name. */
const METHODS = { follow: "social", share: "social" };

const $ = (id) => document.getElementById(id);

/** What the panel asks the relay to make up. */
function readForm() {
  const kind = $("test-kind").value;
  const wanted = { kind };
  const nickname = $("test-nickname").value.trim();
  const count = Number($("test-count").value) || 1;
  if (nickname) wanted.nickname = nickname;
  if (kind === "chat" && $("test-content").value) wanted.content = $("test-content").value;
  if (kind === "like") wanted.count = count;
  if (kind === "gift") {
    wanted.gift = { count, diamonds: Number($("test-diamonds").value) || 0 };
    const name = $("test-gift").value.trim();
    const known = catalogue.get(name);
    if (name) wanted.gift.name = name;
    if (known?.image) wanted.gift.image = known.image;
  }
  return wanted;
}

/** name -> gift of the relay's catalogue */
const catalogue = new Map();

async function suggestGifts() {
  let gifts;
  try {
    ({ gifts } = await api("/api/gifts", { ask: false }));
  } catch {
    return; // any name will do
  }
  for (const gift of gifts.slice(0, MAX_SUGGESTED)) catalogue.set(gift.name, gift);
  const suggestions = [...catalogue.values()].map((gift) => {
    const option = document.createElement("option");
    option.value = gift.name;
    option.label = `${gift.name} · ${gift.diamonds} 💎`;
    return option;
  });
  $("gifts").replaceChildren(...suggestions);
}

function methodOf(kind) {
  return METHODS[kind] ?? kind;
}

function showFields() {
  const kind = $("test-kind").value;
  for (const field of document.querySelectorAll("#test [data-for]")) {
    field.hidden = !field.dataset.for.split(" ").includes(kind);
    // What is wrong in a field that can't be seen would keep the form from being sent.
    field.querySelector("input").disabled = field.hidden;
  }
}

/**
 * Make the panel work.
 * @param {object} options
 * @param {() => string} options.room the room as it is now
 * @param {(method: string) => boolean} options.takes whether the overlay shows a method (short name)
 * @param {(method: string) => void} options.onSent called after an event was given out
 * @returns {() => void} to be called when the overlay or its options are others
 */
export function startTestPanel({ room, takes, onSent }) {
  const show = () => {
    showFields();
    $("test-untaken").hidden = takes(methodOf($("test-kind").value));
  };
  $("test-kind").addEventListener("change", show);
  $("test-gift").addEventListener("focus", suggestGifts, { once: true });
  $("test-gift").addEventListener("change", () => {
    const known = catalogue.get($("test-gift").value.trim());
    if (known) $("test-diamonds").value = String(known.diamonds);
  });
  $("test").addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = $("test-said");
    said.title = "";
    if (!room()) {
      said.textContent = t("no_room");
      return;
    }
    try {
      const path = `/api/rooms/${encodeURIComponent(room())}/simulate`;
      const wanted = readForm();
      await api(path, { method: "POST", body: wanted });
      said.textContent = t("test_sent");
      onSent(methodOf(wanted.kind));
    } catch (error) {
      showError(said, error);
    }
  });
  return show;
}
