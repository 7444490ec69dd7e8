// One room's events over a connection that comes back by itself, going on where it was; used by
// the overlays.

import { Connection } from "./connection.js";

/** How often a room that is not there (yet) is asked for again. */
const ASK_AGAIN_MS = 15_000;
const GO_BACK_WITHIN_MS = 10_000;
const MAX_EPOCHS = 8;

/** What answers to a subscription mean, as the close codes that say the same. */
const CODES = {
  unknown_room: 3501,
  bad_request: 3502,
  bad_method: 3502,
  bad_position: 3502,
  room_refused: 3504,
  forbidden_scope: 3505,
};
const NOT_FOUND = 3501;

export class RoomStream {
  /**
   * @param {object} options
   * @param {string} options.room by any name
   * @param {string[]} options.methods short or long names
   * @param {string} options.token
   * @param {number} options.recent begin so many events back
   * @param {(frame: object) => void} options.onEvent each event once, in order
   * @param {(frame: object) => void} options.onGap events that can't be had
   * @param {(frame: object) => void} options.onRoom the room has changed
   * @param {(frame: object) => void} options.onSubscribed events come from now on; also each time
   *   that it is connected again
   * @param {(state: import("./connection.js").State, detail: object) => void} options.onState as
   *   of the connection; `refused` with detail.again: it is only the room, which is asked for
   *   again each 15 s. Then detail.code is a close code, or the error's where none says the same.
   */
  constructor({ room, methods, token, recent, onEvent, onGap, onRoom, onSubscribed, onState }) {
    this.#room = room;
    this.#methods = methods;
    this.#token = token;
    this.#recent = recent;
    this.#onEvent = onEvent;
    this.#onGap = onGap;
    this.#onRoom = onRoom;
    this.#onSubscribed = onSubscribed;
    this.#onState = onState;
  }

  /** Connect, and stay connected. */
  start() {
    this.#connection.start();
  }

  #room;
  #methods;
  #token;
  #recent;
  #onEvent;
  #onGap;
  #onRoom;
  #onSubscribed;
  #onState;
  #connection = new Connection({
    token: () => this.#token,
    onState: (state, detail) => this.#changed(state, detail),
    onFrame: (frame) => this.#receive(frame),
  });
  #epoch = "";
  /** epoch -> the last offset had in it */
  #offsets = new Map();
  #askAgain = 0;

  #changed(state, detail) {
    clearTimeout(this.#askAgain);
    this.#onState(state, detail);
    if (state === "open") this.#subscribe();
  }

  #move(epoch, offset) {
    const known = this.#offsets.get(epoch) ?? -1;
    this.#epoch = epoch;
    this.#offsets.delete(epoch); // to its end: the oldest ones are forgotten first
    this.#offsets.set(epoch, Math.max(known, offset));
    if (this.#offsets.size > MAX_EPOCHS) this.#offsets.delete(this.#offsets.keys().next().value);
  }

  async #subscribe() {
    const { now } = this.#connection;
    if (!this.#epoch && this.#recent) await this.#goBack();
    // Meanwhile the connection may have been lost.
    if (this.#connection.now !== now) return;
    const request = { op: "subscribe", room_id: this.#room, method: this.#methods };
    if (this.#epoch) request.since = `${this.#epoch}:${this.#offsets.get(this.#epoch)}`;
    this.#connection.send(request);
  }

  async #goBack() {
    const headers = this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
    const asking = new AbortController();
    const timeout = setTimeout(() => asking.abort(), GO_BACK_WITHIN_MS);
    try {
      const path = `/api/rooms/${encodeURIComponent(this.#room)}`;
      const answer = await fetch(path, { headers, signal: asking.signal });
      if (!answer.ok) return; // not watched yet: nothing is there to go back to
      const { epoch, offset } = await answer.json();
      if (epoch) this.#move(epoch, Math.max(0, offset - this.#recent));
    } catch {
      return; // the connection itself says what is wrong
    } finally {
      clearTimeout(timeout);
    }
  }

  #refused(code, text) {
    clearTimeout(this.#askAgain);
    this.#askAgain = setTimeout(() => this.#subscribe(), ASK_AGAIN_MS);
    this.#onState("refused", { code, text, again: true });
  }

  #receive(frame) {
    switch (frame.op) {
      case undefined: {
        const had = this.#offsets.get(frame.epoch);
        if (had !== undefined && frame.offset <= had) break;
        this.#move(frame.epoch, frame.offset);
        this.#onEvent(frame);
        break;
      }
      case "subscribed":
        this.#move(frame.epoch, frame.offset);
        this.#onSubscribed(frame);
        break;
      case "unsubscribed":
        this.#refused(NOT_FOUND, frame.reason);
        break;
      case "error":
        if (frame.code === "bad_position" && this.#epoch) {
          this.#epoch = "";
          this.#offsets.clear();
          this.#subscribe();
        } else {
          this.#refused(CODES[frame.code] ?? frame.code, frame.message);
        }
        break;
      case "room":
        this.#onRoom(frame);
        break;
      case "gap":
        if (frame.to !== null) this.#move(frame.epoch, frame.to);
        this.#onGap(frame);
        break;
    }
  }
}
