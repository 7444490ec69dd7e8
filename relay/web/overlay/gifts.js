// The overlay `gifts`: an alert for each gift, in which a combo counts up.

import { formatCny, formatNumber } from "/web/lib/format.js";
import { giftPicture } from "/web/lib/gifts.js";
import { icon } from "/web/lib/icons.js";
import { glide, make } from "/web/lib/motion.js";
import { startOverlay } from "/web/lib/overlay.js";
import { avatar, nameOf } from "/web/lib/people.js";
import { kind, methods, options } from "/web/overlay/gifts.options.js";
import { AlertQueue } from "/web/overlay/gifts.queue.js";
import { Sounds } from "/web/overlay/gifts.sound.js";

const TEXTS = {
  en: { who: "{name}", text: "sent {gift}", gift: "a gift" },
  zh: { who: "{name}", text: "送出 {gift}", gift: "礼物" },
};
const PLACES = /\{(name|gift|count|diamonds|cny|to)\}/;
const DIAMONDS_PER_CNY = 10;
const LEAVING_MS = 400;
// A scene that is shown again is not to play what was given long before.
const STALE_AFTER_MS = 60_000;
// Beside pictures and a long number, less leaves no room for names.
const NARROW_BELOW_EM = 24;
const SPRING = "cubic-bezier(.2, 1.4, .4, 1)";

/** What a WebcastGiftMessage or RelayGiftCombo says, as the queue wants it. */
function readGift({ method, payload }) {
  const { user } = payload;
  const closed = method === "RelayGiftCombo";
  return {
    comboId: payload.combo_id,
    giftId: payload.gift_id,
    // Masked users have one id for all, so they are told apart by their combos only.
    giver: user && !user.masked ? user.uid : "",
    to: payload.to_user?.uid ?? "",
    count: closed ? payload.count : payload.total,
    diamonds: closed ? payload.diamond_total : payload.total_diamonds,
    closed,
    partial: closed && payload.continued,
    payload,
  };
}

/** The alerts as elements. */
class Screen {
  #list;
  #values;
  #texts;
  #sounds;
  #parts = new WeakMap(); // alert -> its elements

  constructor(list, values) {
    this.#list = list;
    this.#values = values;
    this.#texts = TEXTS[values.lang];
    this.#sounds = new Sounds(values.sound, values.volume);
  }

  show(alert) {
    const { payload } = alert.gift;
    const { avatars, value } = this.#values;
    const item = make("li", "alert");
    const card = make("div", "alert-card");
    item.append(card);
    if (avatars) card.append(avatar(payload.user, "alert-avatar"));
    const words = make("div", "alert-words");
    const who = make("div", "alert-who");
    const text = make("div", "alert-text");
    words.append(who, text);
    const gift = make("div", "alert-gift-picture");
    const none = () => icon("gift", "alert-gift-none");
    gift.append(giftPicture(payload, "alert-gift-image", none));
    const count = make("div", "alert-count");
    const number = make("span", "alert-number");
    count.append(make("span", "alert-times", "×"), number);
    card.append(words, gift, count);
    const worth = make("div", "alert-value");
    const amount = make("span", "alert-amount");
    if (value === "diamonds") worth.append(icon("gem", "alert-gem"));
    worth.append(amount);
    if (value !== "none") words.append(worth);
    const parts = { item, card, who, text, number, worth, amount };
    this.#parts.set(alert, parts);
    this.#write(alert, parts);
    glide(this.#list, () => {
      if (this.#values.side === "bottom") this.#list.append(item);
      else this.#list.prepend(item);
    });
    card.animate(
      [
        { transform: "translateX(var(--enter)) scale(.8)", opacity: 0 },
        { transform: "none", opacity: 1 },
      ],
      { duration: 450, easing: SPRING },
    );
    if (alert.diamonds >= this.#values.sound_min) this.#sounds.play(alert.tier);
  }

  update(alert) {
    const parts = this.#parts.get(alert);
    this.#write(alert, parts);
    parts.number.animate(
      [{ transform: "scale(1.35)" }, { transform: "scale(1)" }],
      { duration: 320, easing: SPRING },
    );
  }

  hide(alert) {
    const { item, card } = this.#parts.get(alert);
    item.dataset.leaving = "";
    card.animate(
      [
        { opacity: 1, transform: "none" },
        { opacity: 0, transform: "translateX(var(--enter)) scale(.9)" },
      ],
      { duration: LEAVING_MS, easing: "ease-in", fill: "forwards" },
    );
    // Not at the animation's end: a page that is not seen may not animate.
    setTimeout(() => glide(this.#list, () => item.remove()), LEAVING_MS);
  }

  #write(alert, { item, who, text, number, worth, amount }) {
    item.className = `alert tier-${alert.tier}`;
    item.dataset.combo = alert.gift.comboId;
    number.textContent = String(alert.count);
    item.dataset.digits = String(Math.min(6, number.textContent.length));
    const { value } = this.#values;
    const { lang } = this.#values;
    const diamonds = formatNumber(alert.diamonds, lang);
    const cny = formatCny(alert.diamonds / DIAMONDS_PER_CNY, lang);
    amount.textContent = value === "cny" ? cny : diamonds;
    worth.hidden = !alert.diamonds;
    const { payload } = alert.gift;
    const words = {
      name: nameOf(payload.user),
      gift: payload.name || this.#texts.gift,
      count: String(alert.count),
      diamonds,
      cny,
      to: nameOf(payload.to_user),
    };
    this.#fill(who, this.#values.who || this.#texts.who, words);
    this.#fill(text, this.#values.text || this.#texts.text, words);
  }

  /** Put values into a template; each is an element of its own, so that CSS can reach it. */
  #fill(element, template, words) {
    const names = template.split(PLACES); // every other one is a place
    const pieces = names.map((name, index) => (index % 2 ? words[name] : name));
    // Most steps of a combo change the number only.
    if (element.textContent === pieces.join("")) return;
    const nodes = pieces.map((piece, index) =>
      index % 2 ? make("span", `word-${names[index]}`, piece) : piece,
    );
    element.replaceChildren(...nodes);
  }
}

startOverlay({
  kind,
  options,
  methods,
  staleAfterMs: STALE_AFTER_MS,
  setup(root, values) {
    const list = make("ol", `alerts side-${values.side} align-${values.align}`);
    root.append(list);
    // What Chromium of OBS 28 has no container queries for.
    const lookAtWidth = () => {
      list.classList.toggle("narrow", list.clientWidth < NARROW_BELOW_EM * values.size);
    };
    new ResizeObserver(lookAtWidth).observe(list);
    const rules = {
      maxShown: values.max_alerts,
      durationMs: values.duration * 1000,
      minDiamonds: values.min_diamonds,
      tiers: [values.tier_2, values.tier_3, values.tier_4],
      merge: values.merge,
      when: values.when,
    };
    const queue = new AlertQueue(rules, new Screen(list, values));
    let timer = 0;
    const advance = () => {
      clearTimeout(timer);
      const nextMs = queue.advance(performance.now());
      if (nextMs !== null) timer = setTimeout(advance, Math.max(16, nextMs - performance.now()));
    };
    return {
      event(frame) {
        queue.take(readGift(frame), performance.now());
        advance();
      },
    };
  },
});
