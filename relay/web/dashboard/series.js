// A room's numbers step by step, without I/O: the past as the relay gives it, and what comes is added.

/** How many seconds are kept, by the seconds of a step. */
export const SPANS_S = { 10: 3600, 60: 86_400 };

/** Points of one room, oldest first, with the running one at the end. */
export class Series {
  points = [];
  #step;
  #before = null; // what the running point is less the counters, see #begin
  #now = null; // the last numbers taken

  /** @param {number} step seconds of a point */
  constructor(step) {
    this.#step = step;
  }

  /**
   * Take the past, as `/api/rooms/{id}/stats/series` gives it, and the counters of that time. What
   * is older stays: a relay that began anew may not know it any more.
   */
  reset(points, stats) {
    const firstMs = points[0]?.time_ms ?? Infinity;
    const older = this.points.filter(({ time_ms }) => time_ms < firstMs);
    const taken = points.map((point) => ({ ...point, messages: { ...point.messages } }));
    this.points = [...older, ...taken];
    this.#before = null;
    const last = this.points.at(-1);
    if (last && stats) this.#begin(stats, last);
  }

  /** Take the numbers of now: the running point goes on, or another one begins. */
  take(stats) {
    const stepMs = this.#step * 1000;
    const timeMs = Math.floor(stats.time_ms / stepMs) * stepMs;
    const last = this.points.at(-1);
    if (last && timeMs < last.time_ms) return;
    const isNewBroadcast = this.#before !== null && stats.since_ms !== this.#before.since;
    if (!last || timeMs > last.time_ms || this.#before === null || isNewBroadcast) {
      const point = { time_ms: timeMs, viewers: null, likes: 0, gift_diamonds: 0, messages: {} };
      if (last && timeMs === last.time_ms) Object.assign(point, last);
      else this.points.push(point);
      // Another broadcast counts from nothing.
      const from = isNewBroadcast ? { since_ms: stats.since_ms } : this.#now;
      this.#begin(this.#before === null ? stats : from, point);
    }
    const point = this.points.at(-1);
    const before = this.#before;
    point.viewers = stats.viewers ?? point.viewers;
    point.likes = Math.max(0, before.likes + (stats.likes ?? 0));
    point.gift_diamonds = Math.max(0, before.gift_diamonds + (stats.gift_diamonds ?? 0));
    point.messages = {};
    for (const [method, count] of Object.entries(stats.messages ?? {})) {
      const came = (before.messages[method] ?? 0) + count;
      if (came > 0) point.messages[method] = came;
    }
    this.#now = stats;
    const oldest = stats.time_ms - SPANS_S[this.#step] * 1000;
    while (this.points.length && this.points[0].time_ms < oldest) this.points.shift();
  }

  // What the point has besides, less the counters then: so it is what they are, and that added.
  #begin(stats, point) {
    const messages = { ...point.messages };
    for (const [method, count] of Object.entries(stats.messages ?? {})) {
      messages[method] = (messages[method] ?? 0) - count;
    }
    this.#before = {
      since: stats.since_ms,
      likes: point.likes - (stats.likes ?? 0),
      gift_diamonds: point.gift_diamonds - (stats.gift_diamonds ?? 0),
      messages,
    };
    this.#now = stats;
  }
}
