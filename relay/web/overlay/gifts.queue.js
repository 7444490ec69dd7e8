// Which gift alerts are on the screen, and which wait: the rules of the overlay `gifts`, without
// DOM and without a clock of their own.
//
// An alert is of one combo, or with `merge` of all that somebody gives of one gift while it is
// there. What an alert showed of a combo is remembered, so that messages that come late, and the
// RelayGiftCombo at its end, show nothing twice; a combo that goes on after its alert has left
// gives an alert of what has been added only.

const MAX_WAITING = 100;
const MAX_COMBOS_DONE = 2_000;
// Of one alert, that somebody may keep going with gift after gift: older ones are summed up.
const MAX_COMBOS_OF_ALERT = 50;
const MIN_SHOWN_MS = 1_200;
// The relay closes a combo after ten seconds without a message: one that has been silent for
// longer is over, though the relay could not say so.
const OPEN_MS = 13_000;
const LONGER_BY_TIER = [0, 1, 1.2, 1.6, 2.2];
// The more alerts wait, the shorter each is shown: halved when this many wait.
const HALF_AT_WAITING = 12;
// Smaller gifts that wait get the place of a larger one, too, after so many times its turn.
const TURNS_BEFORE_SMALLER = 3;

/**
 * @typedef {object} Gift what a WebcastGiftMessage or RelayGiftCombo says
 * @property {string} comboId
 * @property {string} giftId
 * @property {string} giver key of who gave it; "" when it can't be told from others
 * @property {number} count gifts of the combo so far
 * @property {number} diamonds their value
 * @property {boolean} closed the combo is over
 * @property {boolean} partial a RelayGiftCombo that counts only what came after an earlier one
 */

/** An alert: one line on the screen. */
class Alert {
  /** @type {Map<string, {count: number, diamonds: number, before: number, worthBefore: number, open: boolean}>} */
  combos = new Map();
  /** Of combos that are not in `combos` any more. */
  summedUp = { count: 0, diamonds: 0 };
  count = 0;
  diamonds = 0;
  tier = 1;
  changedMs = 0;
  shownMs = 0;

  constructor(gift, number) {
    this.gift = gift;
    this.number = number;
  }

  get open() {
    for (const combo of this.combos.values()) if (combo.open) return true;
    return false;
  }
}

export class AlertQueue {
  /** On the screen, the first came first. */
  shown = [];
  /** Those to come, the next one first. */
  waiting = [];
  /** How many never came, as too many waited. */
  dropped = 0;

  #rules;
  #screen;
  #alerts = new Map(); // comboId -> its alert
  #done = new Map(); // comboId -> {count, diamonds} that were shown
  #number = 0;

  /**
   * @param {object} rules {maxShown, durationMs, minDiamonds, tiers: [from of 2, 3, 4], merge, when}
   * @param {object} screen {show(alert), update(alert), hide(alert)}
   */
  constructor(rules, screen) {
    this.#rules = rules;
    this.#screen = screen;
  }

  /** Take a gift. */
  take(gift, nowMs) {
    const alert = this.#alerts.get(gift.comboId) ?? this.#add(gift, nowMs);
    if (alert) this.#grow(alert, gift, nowMs);
    this.advance(nowMs);
  }

  /**
   * Let alerts leave and come.
   * @returns {number|null} when to do so again; null: not before the next gift
   */
  advance(nowMs) {
    for (const alert of [...this.shown]) if (nowMs >= this.#leavesMs(alert)) this.#hide(alert);
    do {
      while (this.waiting.length && this.shown.length < this.#rules.maxShown) {
        const alert = this.waiting.shift();
        alert.shownMs = nowMs;
        // Those that had to wait are looked at from now on.
        alert.changedMs = nowMs;
        this.shown.push(alert);
        this.#screen.show(alert);
      }
    } while (this.#overtake(nowMs));
    const times = this.shown.map((alert) => this.#leavesMs(alert));
    const [next] = this.waiting;
    if (next) times.push(...this.shown.map((alert) => this.#givesWayMs(alert, next)));
    const later = times.filter((time) => time > nowMs);
    return later.length ? Math.min(...later) : null;
  }

  #add(gift, nowMs) {
    const { minDiamonds, when, merge } = this.#rules;
    const done = this.#done.get(gift.comboId);
    if (done && !gift.partial && gift.count <= done.count) return null;
    // What it counts came in messages, which were shown.
    if (gift.partial && when === "begin") return null;
    if (gift.diamonds < minDiamonds || (when === "end" && !gift.closed)) return null;
    let alert = null;
    if (merge && gift.giver) {
      const same = ({ gift: other }) =>
        other.giver === gift.giver && other.giftId === gift.giftId && other.to === gift.to;
      alert = this.shown.find(same) ?? this.waiting.find(same);
    }
    if (!alert) {
      alert = new Alert(gift, ++this.#number);
      alert.changedMs = nowMs;
      this.waiting.push(alert);
    }
    const before = when === "begin" ? done : null;
    alert.combos.set(gift.comboId, {
      count: 0,
      diamonds: 0,
      before: before?.count ?? 0,
      worthBefore: before?.diamonds ?? 0,
      open: true,
    });
    this.#alerts.set(gift.comboId, alert);
    return alert;
  }

  #grow(alert, gift, nowMs) {
    const combo = alert.combos.get(gift.comboId);
    const before = alert.count;
    // One that counts only a part is not to be compared with the whole.
    if (!gift.partial || this.#rules.when === "end") {
      combo.count = Math.max(combo.count, gift.count);
      combo.diamonds = Math.max(combo.diamonds, gift.diamonds);
    }
    if (gift.closed) combo.open = false;
    this.#sumUp(alert);
    alert.count = alert.summedUp.count;
    alert.diamonds = alert.summedUp.diamonds;
    for (const { count, diamonds, before: had, worthBefore } of alert.combos.values()) {
      alert.count += count - had;
      alert.diamonds += diamonds - worthBefore;
    }
    alert.tier = 1 + this.#rules.tiers.filter((from) => alert.diamonds >= from).length;
    if (alert.count > before) {
      alert.changedMs = nowMs;
      if (alert.shownMs) this.#screen.update(alert);
    }
    this.#sort();
  }

  #sort() {
    this.waiting.sort((one, other) => other.tier - one.tier || one.number - other.number);
    while (this.waiting.length > MAX_WAITING) {
      this.#finish(this.waiting.pop());
      this.dropped += 1;
    }
  }

  /** Make the next one a place, where there is one to be had. */
  #overtake(nowMs) {
    const [next] = this.waiting;
    if (!next) return false;
    const [first] = this.shown
      .filter((alert) => nowMs >= this.#givesWayMs(alert, next))
      .sort(
        (one, other) =>
          one.open - other.open || one.tier - other.tier || one.shownMs - other.shownMs,
      );
    if (first) this.#hide(first);
    return Boolean(first);
  }

  /**
   * When an alert gives way to the next one: to a larger one once it has been seen, to others once
   * it has had its turn, since combos can go on for as long as somebody likes.
   */
  #givesWayMs(alert, next) {
    const turns = next.tier < alert.tier ? TURNS_BEFORE_SMALLER : 1;
    const seenMs = next.tier > alert.tier ? 0 : turns * this.#turnMs(alert);
    return alert.shownMs + Math.max(MIN_SHOWN_MS, seenMs);
  }

  #turnMs({ tier }) {
    const hurry = 1 + this.waiting.length / HALF_AT_WAITING;
    return (this.#rules.durationMs * LONGER_BY_TIER[tier]) / hurry;
  }

  #leavesMs(alert) {
    const lastsMs = alert.open
      ? Math.max(OPEN_MS, this.#rules.durationMs)
      : this.#turnMs(alert);
    return Math.max(alert.changedMs + lastsMs, alert.shownMs + MIN_SHOWN_MS);
  }

  #hide(alert) {
    this.shown.splice(this.shown.indexOf(alert), 1);
    this.#finish(alert);
    this.#screen.hide(alert);
  }

  #sumUp(alert) {
    for (const [comboId, combo] of alert.combos) {
      if (alert.combos.size <= MAX_COMBOS_OF_ALERT) return;
      alert.summedUp.count += combo.count - combo.before;
      alert.summedUp.diamonds += combo.diamonds - combo.worthBefore;
      alert.combos.delete(comboId);
      this.#remember(comboId, combo);
    }
  }

  #finish(alert) {
    for (const [comboId, combo] of alert.combos) this.#remember(comboId, combo);
  }

  /** Have what was shown of a combo not shown again. */
  #remember(comboId, { count, diamonds }) {
    this.#alerts.delete(comboId);
    this.#done.delete(comboId);
    this.#done.set(comboId, { count, diamonds });
    if (this.#done.size > MAX_COMBOS_DONE) this.#done.delete(this.#done.keys().next().value);
  }
}
