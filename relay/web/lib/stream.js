// Rooms' events over one WebSocket that comes back by itself and goes on where it was; used by
// all pages.

const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;
/** A connection that stood so long, or brought an event, begins anew with short waits. */
const STEADY_MS = 5_000;
/** Browsers show no pings: what neither brings a frame nor answers ours in that time is dead. */
const PING_EVERY_MS = 15_000;
const CONNECT_WITHIN_MS = 15_000;
/** How often a room that is not there (yet) is asked for again. */
const ASK_AGAIN_MS = 15_000;
const MAX_EPOCHS = 8;

/** What answers to a subscription mean, as the close codes that say the same. */
const CODES = { unknown_room: 3501, room_refused: 3504, forbidden_scope: 3505 };
const NOT_FOUND = 3501;

/**
 * @typedef {"connecting" | "open" | "waiting" | "refused"} State
 *   `waiting`: lost, detail.ms until the next try. `refused`: detail.code (a close code) and
 *   detail.text say why; with detail.room it is only that room, which is asked for again each
 *   15 s, else it is for good.
 */

export class RoomStream {
  /**
   * @param {object} options
   * @param {string} [options.room] one room, by any name
   * @param {string[]} [options.rooms] several
   * @param {string[] | null} [options.methods] short or long names; null: all
   * @param {string} [options.token]
   * @param {Map<string, string> | Record<string, string>} [options.since] where to go on, by room:
   *   "<epoch>:<offset>"
   * @param {number} [options.recent] begin so many events back in rooms that `since` has nothing on
   * @param {(frame: object, room: string) => void} [options.onEvent]
   * @param {(frame: object, room: string | null) => void} [options.onGap] events that can't be had
   * @param {(frame: object, room: string | null) => void} [options.onRoom] the room has changed
   * @param {(frame: object, room: string) => void} [options.onSubscribed] events of a room come
   *   from now on; also each time that it is connected again
   * @param {(state: State, detail: object) => void} [options.onState]
   */
  constructor(options) {
    const { methods = null, token = "", since = {}, recent = 0 } = options;
    this.#methods = methods;
    this.#token = token;
    this.#recent = recent;
    this.#onEvent = options.onEvent ?? (() => {});
    this.#onGap = options.onGap ?? (() => {});
    this.#onRoom = options.onRoom ?? (() => {});
    this.#onSubscribed = options.onSubscribed ?? (() => {});
    this.#onState = options.onState ?? (() => {});
    const positions = since instanceof Map ? since : new Map(Object.entries(since));
    const names = options.rooms ?? (options.room ? [options.room] : []);
    for (const name of names) this.#know(name, positions.get(name));
  }

  /** Connect, and stay connected. */
  start() {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#attempts = 0;
    addEventListener("online", this.#retryNow);
    this.#connect();
  }

  /** Close, and stay closed; positions are kept, `start` goes on there. */
  stop() {
    this.#stopped = true;
    removeEventListener("online", this.#retryNow);
    this.#drop();
    clearTimeout(this.#retry);
  }

  /** Subscribe to one more room. */
  add(name, since) {
    if (this.#rooms.has(name)) return;
    this.#subscribe(this.#know(name, since));
  }

  /** Leave a room. */
  remove(name) {
    const room = this.#rooms.get(name);
    if (!room) return;
    clearTimeout(room.askAgain);
    this.#rooms.delete(name);
    this.#send({ op: "unsubscribe", room_id: name });
  }

  /** Say how far a room has been received, as "<epoch>:<offset>"; null while that is not known.
   * @param {string} [name] as given, or its web_rid, room_id or epoch; may be left out for one room
   */
  position(name) {
    const room = this.#find(name) ?? (name === undefined ? this.#only() : null);
    return room?.epoch ? `${room.epoch}:${room.epochs.get(room.epoch)}` : null;
  }

  #methods;
  #token;
  #recent;
  #onEvent;
  #onGap;
  #onRoom;
  #onSubscribed;
  #onState;
  /** name -> {name, webRid, roomId, epoch, epochs: epoch -> last offset, askAgain, asked} */
  #rooms = new Map();
  #socket = null;
  #stopped = true;
  #attempts = 0;
  #retry = 0;
  #beat = 0;
  #pinged = false;
  #steadyAt = Infinity;
  #lastId = 0;
  /** id of a request -> its room */
  #requests = new Map();

  #know(name, since) {
    const room = {
      name,
      webRid: "",
      roomId: "",
      epoch: "",
      epochs: new Map(),
      askAgain: 0,
      request: 0,
    };
    const parts = /^([^:]+):(\d+)$/.exec(since ?? "");
    if (parts) this.#move(room, parts[1], Number(parts[2]));
    this.#rooms.set(name, room);
    return room;
  }

  #move(room, epoch, offset) {
    const known = room.epochs.get(epoch) ?? -1;
    room.epoch = epoch;
    room.epochs.delete(epoch); // to its end: the oldest ones are forgotten first
    room.epochs.set(epoch, Math.max(known, offset));
    if (room.epochs.size > MAX_EPOCHS) room.epochs.delete(room.epochs.keys().next().value);
  }

  #only() {
    return this.#rooms.size === 1 ? this.#rooms.values().next().value : null;
  }

  #find(key) {
    if (!key) return null;
    const byName = this.#rooms.get(key);
    if (byName) return byName;
    for (const room of this.#rooms.values()) {
      if (room.epoch === key || room.webRid === key || room.roomId === key) return room;
    }
    return null;
  }

  #roomOf(frame) {
    return (
      this.#find(frame.epoch) ??
      this.#find(frame.web_rid) ??
      this.#find(frame.room_id) ??
      this.#only()
    );
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#onState("connecting", {});
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const query = this.#token ? `?token=${encodeURIComponent(this.#token)}` : "";
    const socket = new WebSocket(`${scheme}://${location.host}/ws${query}`);
    this.#socket = socket;
    this.#steadyAt = Infinity;
    this.#pinged = false;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code, reason }) => this.#lost(code, reason);
    this.#beat = setTimeout(() => this.#lost(1006, "no answer"), CONNECT_WITHIN_MS);
  }

  #drop() {
    clearTimeout(this.#beat);
    for (const room of this.#rooms.values()) {
      clearTimeout(room.askAgain);
      room.request = 0;
    }
    this.#requests.clear();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #lost(code, reason) {
    this.#drop();
    if (code >= 3500 && code < 4000) {
      this.#stopped = true;
      removeEventListener("online", this.#retryNow);
      this.#onState("refused", { code, text: reason });
      return;
    }
    if (performance.now() >= this.#steadyAt) this.#attempts = 0;
    const ceiling = Math.min(MIN_WAIT_MS * 2 ** this.#attempts, MAX_WAIT_MS);
    this.#attempts += 1;
    const ms = Math.round(Math.random() * ceiling);
    this.#onState("waiting", { ms, code, text: reason });
    this.#retry = setTimeout(() => this.#connect(), ms);
  }

  #retryNow = () => {
    if (this.#stopped || this.#socket) return;
    this.#connect();
  };

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  // A tick that comes late, as in hidden pages, must not count as silence: only a ping that had a
  // whole round to be answered does.
  #keepAlive() {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => {
      if (this.#pinged) {
        this.#lost(1006, "no answer");
        return;
      }
      this.#pinged = true;
      this.#send({ op: "ping" });
      this.#keepAlive();
    }, PING_EVERY_MS);
  }

  async #subscribe(room) {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || room.request) return;
    const id = ++this.#lastId;
    room.request = id;
    this.#requests.set(id, room);
    if (!room.epoch && this.#recent) await this.#goBack(room);
    // Meanwhile the connection may have been lost, or the room left.
    if (this.#socket !== socket || room.request !== id) return;
    const message = { op: "subscribe", id, room_id: room.name };
    if (this.#methods) message.method = this.#methods;
    if (room.epoch) message.since = this.position(room.name);
    this.#send(message);
  }

  async #goBack(room) {
    const headers = this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
    try {
      const answer = await fetch(`/api/rooms/${encodeURIComponent(room.name)}`, { headers });
      if (!answer.ok) return; // not watched yet: nothing is there to go back to
      const { epoch, offset } = await answer.json();
      if (epoch) this.#move(room, epoch, Math.max(0, offset - this.#recent));
    } catch {
      return; // the connection itself says what is wrong
    }
  }

  #askAgain(room, code, text) {
    room.request = 0;
    clearTimeout(room.askAgain);
    room.askAgain = setTimeout(() => this.#subscribe(room), ASK_AGAIN_MS);
    this.#onState("refused", { code, text, room: room.name });
  }

  #receive(frame) {
    this.#pinged = false;
    if (frame.op === undefined) this.#take(frame);
    else this.#obey(frame);
  }

  #take(frame) {
    const room = this.#roomOf(frame);
    if (!room) return; // left in the meantime
    const had = room.epochs.get(frame.epoch);
    if (had !== undefined && frame.offset <= had) return;
    this.#move(room, frame.epoch, frame.offset);
    this.#steadyAt = 0;
    this.#onEvent(frame, room.name);
  }

  #obey(frame) {
    switch (frame.op) {
      case "hello":
        this.#steadyAt = performance.now() + STEADY_MS;
        this.#keepAlive();
        this.#onState("open", {});
        for (const room of this.#rooms.values()) this.#subscribe(room);
        break;
      case "subscribed": {
        const room = this.#requests.get(frame.id) ?? this.#rooms.get(frame.room);
        this.#requests.delete(frame.id);
        if (!room || !this.#rooms.has(room.name)) break;
        room.webRid = frame.web_rid;
        room.roomId = frame.room_id;
        this.#move(room, frame.epoch, frame.offset);
        this.#onSubscribed(frame, room.name);
        break;
      }
      case "unsubscribed": {
        const room = this.#roomOf(frame);
        if (!room || frame.method?.length !== 0 || frame.reason === "asked") break;
        this.#askAgain(room, NOT_FOUND, frame.reason);
        break;
      }
      case "error": {
        const room = this.#requests.get(frame.id);
        this.#requests.delete(frame.id);
        if (!room) break;
        if (frame.code === "bad_position" && room.epoch) {
          room.request = 0;
          room.epoch = "";
          room.epochs.clear();
          this.#subscribe(room);
        } else {
          this.#askAgain(room, CODES[frame.code] ?? 3502, frame.message);
        }
        break;
      }
      case "room": {
        const room = this.#roomOf(frame);
        if (room) room.roomId = frame.room_id;
        this.#onRoom(frame, room?.name ?? null);
        break;
      }
      case "gap": {
        const room = this.#roomOf(frame);
        if (room && frame.to !== null) this.#move(room, frame.epoch, frame.to);
        this.#onGap(frame, room?.name ?? null);
        break;
      }
    }
  }
}
