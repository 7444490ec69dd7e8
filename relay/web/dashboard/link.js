// The dashboard's WebSocket: the numbers of all rooms, and all events of the one that is looked
// at. Connects again and resumes, so that no event is missing and none comes twice.

import { askForToken, getToken } from "/web/lib/api.js";
import { Connection } from "/web/lib/connection.js";

const BAD_TOKEN = 3500; // close code
const NUMBERS = ["relay_stats"];
/** How often a room that was refused is asked for again. */
const ASK_AGAIN_MS = 15_000;

/**
 * A room as the link has it.
 * @typedef {object} Room
 * @property {object} view as in /api/rooms
 * @property {string} epoch that of its stream, which is what tells rooms apart: it stays when a
 *   room gets a name or an id that was not known before
 * @property {number} offset of the last event received, or known of
 * @property {string} hadEpoch where to go on, with hadOffset; "": at the newest
 * @property {number} hadOffset what is missing behind it has yet to be told
 * @property {""|"numbers"|"all"} has what is subscribed to
 * @property {string} asked the name that was subscribed to
 * @property {number} request the id of the last request about it
 * @property {object|null} answer what was said to it, a `subscribed` frame
 * @property {string} refused the code of the error that was said to it; "": none
 * @property {number} askAgainAt when it may be asked for again, if it was
 */

export class Link {
  /** @type {Map<string, Room>} by epoch */
  rooms = new Map();

  #requests = 0;
  #asked = new Map(); // id of a request -> the room that it was about; null: of one that ends
  #chosen = null;
  #token = ""; // that it connected with last
  #on;
  #connection = new Connection({
    token: () => (this.#token = getToken()),
    onState: (state, detail) => this.#changed(state, detail),
    onFrame: (frame) => this.#receive(frame),
  });

  /**
   * @param {object} on what to call
   * @param {(state: "connecting"|"open"|"waiting"|"refused"|"token", code: number) => void} on.state
   *   `waiting`: lost, tried again. `refused`: closed with `code`, for good. `token`: one is wanted
   * @param {(frame: object, room: Room) => void} on.event
   * @param {(frame: object, room: Room) => void} on.gap
   * @param {(room: Room) => void} on.subscribed its RelayStats come from now on
   * @param {(room: Room) => void} on.whole from now on all of the chosen room's events come: those
   *   behind `room.offset`
   * @param {(room: Room, epoch: string) => void} on.moved a room goes on in another stream;
   *   `epoch`: that of the one before
   * @param {() => void} on.rooms something about the rooms has changed
   * @param {(frame: object) => void} on.error a request was refused
   */
  constructor(on) {
    this.#on = on;
  }

  /** Connect, with the token that there is now. */
  start() {
    this.#connection.start();
  }

  /** Take the rooms that there are now. */
  setRooms(views) {
    const epochs = new Set(views.map((view) => view.epoch));
    for (const [epoch, room] of this.rooms) {
      if (epochs.has(epoch)) continue;
      // It may go on under another epoch, of which the relay tells us when we resume.
      const same = views.find((view) => isSame(view, room.view));
      if (same && !this.rooms.has(same.epoch)) this.#move(room, same.epoch, same.offset);
      else this.#forget(room);
    }
    for (const view of views) {
      const room = this.rooms.get(view.epoch);
      if (room) room.view = view;
      else {
        const { epoch, offset } = view;
        const had = { hadEpoch: epoch, hadOffset: offset };
        const none = { has: "", asked: "", request: 0, answer: null };
        const well = { refused: "", askAgainAt: 0 };
        this.rooms.set(epoch, { view, epoch, offset, ...had, ...none, ...well });
      }
    }
    this.#subscribe();
  }

  /** Have all events of this room come; null: of none. */
  choose(room) {
    const before = this.#chosen;
    if (before === room) return;
    this.#chosen = room;
    if (before?.has === "all" && this.#connection.now) {
      // There is no taking away methods of all but some; nothing comes between the two.
      const request = { op: "unsubscribe", id: ++this.#requests, room_id: before.asked };
      this.#asked.set(request.id, null);
      this.#connection.send(request);
      Object.assign(before, { has: "", answer: null });
    }
    this.#subscribe();
  }

  #subscribe() {
    if (!this.#connection.now) return;
    for (const room of this.rooms.values()) {
      const wanted = room === this.#chosen ? "all" : "numbers";
      if (room.has === wanted || room.has === "all") continue;
      if (performance.now() < room.askAgainAt) continue;
      const request = { op: "subscribe", room_id: room.view.web_rid || room.view.name };
      if (wanted === "numbers") request.method = NUMBERS;
      if (room.has) request.room_id = room.asked; // adds to what there is
      else if (room.hadEpoch) request.since = `${room.hadEpoch}:${room.hadOffset}`;
      room.asked = request.room_id;
      room.has = wanted;
      room.request = request.id = ++this.#requests;
      this.#asked.set(request.id, room);
      this.#connection.send(request);
    }
  }

  #changed(state, { code }) {
    if (state === "refused" && code === BAD_TOKEN) {
      this.#wantToken();
      return;
    }
    this.#on.state(state, code);
    if (state === "connecting") {
      this.#asked.clear();
      for (const room of this.rooms.values()) Object.assign(room, { has: "", answer: null, askAgainAt: 0 });
    } else if (state === "open") {
      this.#subscribe();
      this.#on.rooms();
    }
  }

  async #wantToken() {
    const token = this.#token;
    if (getToken() === token) {
      this.#on.state("token", BAD_TOKEN);
      try {
        await askForToken({ refused: token !== "" });
      } catch {
        return; // the page offers to enter one
      }
    }
    this.start();
  }

  #receive(frame) {
    if (frame.op === undefined) {
      const room = this.rooms.get(frame.epoch);
      if (!room) return;
      this.#had(room, frame.epoch, frame.offset);
      this.#on.event(frame, room);
      return;
    }
    switch (frame.op) {
      case "subscribed":
        this.#subscribed(frame);
        break;
      case "unsubscribed":
        this.#asked.delete(frame.id);
        if (frame.reason !== "asked") this.#ended(frame);
        break;
      case "room":
        this.#on.rooms();
        break;
      case "gap": {
        const room = this.rooms.get(frame.epoch) ?? this.#named(frame.web_rid);
        if (!room) break;
        if (frame.to !== null && room.epoch === frame.epoch) this.#had(room, frame.epoch, frame.to);
        this.#on.gap(frame, room);
        break;
      }
      case "error":
        this.#refused(frame);
        break;
    }
  }

  // Not always asked for: a room may turn out to be another one, or go on in an old epoch.
  #subscribed(frame) {
    this.#asked.delete(frame.id);
    let room = this.rooms.get(frame.epoch);
    const asked = this.#named(frame.room);
    if (asked && asked !== room) {
      if (room) {
        // Two rooms are one: what was shown of the one goes on with the other.
        const old = asked.epoch;
        this.rooms.delete(old);
        if (this.#chosen === asked) this.#chosen = room;
        this.#on.moved(room, old);
        room.has = asked.has;
        this.#on.rooms();
      } else {
        this.#move(asked, frame.epoch, frame.offset);
        room = asked;
      }
    }
    // The answer to a request that has been changed since says nothing any more.
    if (!room || (frame.id !== null && frame.id !== room.request)) return;
    room.offset = frame.offset;
    // Where it goes on elsewhere a gap follows, that has to be told again if it gets lost.
    if (!room.hadEpoch || room.hadEpoch === frame.epoch || frame.id === null) {
      this.#had(room, frame.epoch, frame.offset);
    }
    room.answer = frame;
    room.refused = "";
    this.#on.subscribed(room);
    if (room === this.#chosen && frame.method === null) this.#on.whole(room);
  }

  // The relay has ended it. If it comes back it is asked for again; not at once, as a list of rooms
  // that is under way may still have one that was just removed.
  #ended({ room_id, web_rid }) {
    for (const room of this.rooms.values()) {
      const { view } = room;
      if ((web_rid && view.web_rid === web_rid) || (room_id && view.room_id === room_id)) {
        Object.assign(room, { has: "", answer: null });
        room.askAgainAt = performance.now() + ASK_AGAIN_MS;
      }
    }
    this.#on.rooms();
  }

  // It is asked for again later, and then with where it was: it may be the relay that has begun anew
  // and does not know the room yet.
  #refused(frame) {
    const room = this.#asked.get(frame.id);
    this.#asked.delete(frame.id);
    // A request that another one has followed says nothing any more, nor that there was nothing to
    // end.
    if (room === null || (room && room.request !== frame.id)) return;
    const isNews = room?.refused !== frame.code;
    if (room) {
      room.has = room.answer ? "numbers" : "";
      room.askAgainAt = performance.now() + ASK_AGAIN_MS;
      room.refused = frame.code;
      if (frame.code === "bad_position") room.hadEpoch = ""; // else it would be refused for ever
    }
    if (isNews) this.#on.error(frame);
  }

  #had(room, epoch, offset) {
    room.offset = offset;
    room.hadEpoch = epoch;
    room.hadOffset = offset;
  }

  #named(name) {
    return [...this.rooms.values()].find(
      ({ asked, view }) => asked === name || view.name === name || (name && view.web_rid === name),
    );
  }

  #move(room, epoch, offset) {
    const old = room.epoch;
    this.rooms.delete(old);
    room.epoch = epoch;
    room.offset = offset;
    room.askAgainAt = 0;
    this.rooms.set(epoch, room);
    this.#on.moved(room, old);
  }

  #forget(room) {
    this.rooms.delete(room.epoch);
    if (this.#chosen === room) this.#chosen = null;
  }
}

function isSame(view, other) {
  return view.name === other.name || Boolean(view.web_rid && view.web_rid === other.web_rid);
}
