// What the relay counts of a room, kept up to date: a snapshot by REST, and the RelayStats events
// that change it. Used by the overlays that show numbers, and by the dashboard.
//
// Each RelayStats is put over what is there (those with `full` replace it), so what counts is that
// none is applied to a state that is newer than it, and that a state with a hole is thrown away.

const SNAPSHOT_TIMEOUT_MS = 10_000;
const MIN_WAIT_MS = 1_000;
const MAX_WAIT_MS = 15_000;
const MAX_HELD = 64; // RelayStats that came while the snapshot was asked for; they come once a second
const STATS = "RelayStats";

/**
 * Folds snapshots and RelayStats of one room into one state, without I/O.
 *
 * The state is the payload of RelayStats without `full`; `null` until something is known.
 */
export class StatsFold {
  /** @type {object|null} */
  stats = null;
  /** Whether the state is whole: a snapshot or a full RelayStats is in it. */
  whole = false;

  #epoch = "";
  #offset = -1;
  #roomId = "";
  /** @type {object[]} */
  #held = [];

  /** Keep what comes from now on for the snapshot that is being asked for. */
  expectSnapshot() {
    this.#held = [];
  }

  /** Tell whether the state is whole, and what comes in an epoch is put over it. */
  continues(epoch) {
    return this.whole && this.#epoch === epoch;
  }

  /** Say that events are missing: the state is not to be trusted until there is a new snapshot. */
  lose() {
    this.whole = false;
  }

  /**
   * Take a RelayStats frame.
   * @returns {object|null} what has changed; null when it is older than the state
   */
  take(frame) {
    if (frame.epoch === this.#epoch && frame.offset <= this.#offset) return null;
    const { full, ...changed } = frame.payload;
    const other = frame.epoch !== this.#epoch || frame.room_id !== this.#roomId;
    if (other && this.#epoch && !full) this.whole = false;
    this.#epoch = frame.epoch;
    this.#offset = frame.offset;
    this.#roomId = frame.room_id;
    this.#held.push(frame);
    if (this.#held.length > MAX_HELD) this.#held.shift();
    this.stats = full ? changed : { ...this.stats, ...changed };
    if (full) this.whole = true;
    return changed;
  }

  /**
   * Take the answer of /api/rooms/{id}/stats.
   * @returns {boolean} false: too much came since it was asked for, ask again
   */
  takeSnapshot(answer) {
    const held = this.#held.filter(
      (frame) => frame.epoch === answer.epoch && frame.offset > answer.offset,
    );
    if (held.length >= MAX_HELD) return false;
    const newer = this.#held.some((frame) => frame.epoch !== answer.epoch);
    if (newer && this.whole) return true;
    const { full: _full, ...stats } = answer.stats;
    this.stats = stats;
    for (const frame of held) {
      const { full, ...changed } = frame.payload;
      this.stats = full ? changed : { ...this.stats, ...changed };
    }
    if (!held.length) {
      this.#epoch = answer.epoch;
      this.#offset = answer.offset;
      this.#roomId = answer.room_id;
    }
    this.whole = true;
    return true;
  }
}

/** Statistics of one room, over a connection that is lent to it. */
export class StatsView {
  #fold = new StatsFold();
  #room;
  #token;
  #onChange;
  #asking = null;
  #again = false;
  #timer = 0;
  #waitMs = MIN_WAIT_MS;
  #stopped = true;

  /**
   * @param {object} options
   * @param {string} options.room any name of the room
   * @param {string} [options.token]
   * @param {(stats: object, changed: object) => void} options.onChange called with the state (the
   *   payload of RelayStats, fields not known are missing) and the part of it that has changed
   */
  constructor({ room, token = "", onChange }) {
    this.#room = room;
    this.#token = token;
    this.#onChange = onChange;
  }

  /** The state, or null. */
  get stats() {
    return this.#fold.stats;
  }

  /** End it; the state stays as it is. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#asking?.abort();
  }

  /** The room is subscribed to, RelayStats come from now on.
   * @param {{epoch: string}} frame */
  subscribed({ epoch }) {
    // Asked before it is subscribed to, what changes between the two would be missed.
    this.#stopped = false;
    if (!this.#fold.continues(epoch)) this.lost();
  }

  /** Take a frame of any method. */
  take(frame) {
    if (frame.method !== STATS) return;
    const changed = this.#fold.take(frame);
    if (changed === null) return;
    this.#onChange(this.#fold.stats, changed);
    if (!this.#fold.whole) this.#ask();
  }

  /** Events are missing. */
  lost() {
    this.#fold.lose();
    // What is being asked for may be from before.
    this.#again = this.#asking !== null;
    if (this.#again) this.#asking.abort();
    else this.#ask();
  }

  async #ask() {
    if (this.#stopped || this.#asking || this.#timer) return;
    const asking = new AbortController();
    this.#asking = asking;
    const timeout = setTimeout(() => asking.abort(), SNAPSHOT_TIMEOUT_MS);
    this.#fold.expectSnapshot();
    let had = false;
    try {
      const answer = await fetch(`/api/rooms/${encodeURIComponent(this.#room)}/stats`, {
        headers: this.#token ? { Authorization: `Bearer ${this.#token}` } : {},
        signal: asking.signal,
      });
      const body = answer.ok ? await answer.json() : null;
      if (body && !asking.signal.aborted) had = this.#fold.takeSnapshot(body);
    } catch {
      // The relay is not there, or says nonsense: asked again below.
    } finally {
      clearTimeout(timeout);
      this.#asking = null;
    }
    if (this.#stopped) return;
    if (this.#again) {
      this.#again = false;
      this.#ask();
    } else if (had) {
      this.#waitMs = MIN_WAIT_MS;
      this.#onChange(this.#fold.stats, this.#fold.stats);
    } else if (!this.#fold.whole) {
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        this.#ask();
      }, this.#waitMs * (0.5 + Math.random() / 2));
      this.#waitMs = Math.min(this.#waitMs * 2, MAX_WAIT_MS);
    }
  }
}
