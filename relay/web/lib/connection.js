// A WebSocket to the relay that comes back by itself; used by stream.js, for pages that show one
// room, and by the dashboard's link.js, for those that show all.

const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;
/** A connection that stood so long, or brought an event, begins anew with short waits. */
const STEADY_MS = 5_000;
/** Browsers show no pings: what neither brings a frame nor answers ours in that time is dead. */
const PING_EVERY_MS = 15_000;
const CONNECT_WITHIN_MS = 15_000;
const NO_ANSWER = 1006; // close code

/**
 * @typedef {"connecting" | "open" | "waiting" | "refused"} State
 *   `waiting`: lost, detail.ms until the next try. `refused`: for good, until `start` is called
 *   again. Of both, detail.code (a close code) and detail.text say why.
 */

export class Connection {
  #token;
  #onState;
  #onFrame;
  #socket = null;
  #stopped = true;
  #attempts = 0;
  #retry = 0;
  #beat = 0;
  #pinged = false;
  #steadyAt = Infinity;

  /**
   * @param {object} options
   * @param {() => string} options.token asked for each time that it connects; "": none
   * @param {(state: State, detail: object) => void} options.onState `open`: requests may be sent
   * @param {(frame: object) => void} options.onFrame what comes but for hello, in order
   */
  constructor({ token, onState, onFrame }) {
    this.#token = token;
    this.#onState = onState;
    this.#onFrame = onFrame;
  }

  /** Connect, and stay connected; anew where it is connected already. */
  start() {
    this.#drop();
    this.#stopped = false;
    this.#attempts = 0;
    addEventListener("online", this.#retryNow);
    this.#connect();
  }

  /** Which of the WebSockets it is, so that it can be told whether it is another one by now; null
   * where nothing can be sent.
   * @returns {object | null} */
  get now() {
    return this.#socket?.readyState === WebSocket.OPEN ? this.#socket : null;
  }

  /** Send a request; nothing where it is not open. */
  send(request) {
    this.now?.send(JSON.stringify(request));
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#onState("connecting", {});
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const token = this.#token();
    // Browsers let pages send no headers with a WebSocket.
    const query = token ? `?token=${encodeURIComponent(token)}` : "";
    const socket = new WebSocket(`${scheme}://${location.host}/ws${query}`);
    this.#socket = socket;
    this.#steadyAt = Infinity;
    this.#pinged = false;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code, reason }) => this.#lost(code, reason);
    this.#beat = setTimeout(() => this.#lost(NO_ANSWER, "no answer"), CONNECT_WITHIN_MS);
  }

  #drop() {
    clearTimeout(this.#beat);
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #lost(code, text) {
    this.#drop();
    if (code >= 3500 && code < 4000) {
      this.#stopped = true;
      removeEventListener("online", this.#retryNow);
      this.#onState("refused", { code, text });
      return;
    }
    if (performance.now() >= this.#steadyAt) this.#attempts = 0;
    const ceiling = Math.min(MIN_WAIT_MS * 2 ** this.#attempts, MAX_WAIT_MS);
    this.#attempts += 1;
    const ms = Math.round(Math.random() * ceiling);
    this.#retry = setTimeout(() => this.#connect(), ms);
    this.#onState("waiting", { ms, code, text });
  }

  #retryNow = () => {
    if (!this.#stopped && !this.#socket) this.#connect();
  };

  // A tick that comes late, as in hidden pages, must not count as silence: only a ping that had a
  // whole round to be answered does.
  #keepAlive() {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => {
      if (this.#pinged) {
        this.#lost(NO_ANSWER, "no answer");
        return;
      }
      this.#pinged = true;
      this.send({ op: "ping" });
      this.#keepAlive();
    }, PING_EVERY_MS);
  }

  #receive(frame) {
    this.#pinged = false;
    if (frame.op === "hello") {
      this.#steadyAt = performance.now() + STEADY_MS;
      this.#keepAlive();
      this.#onState("open", {});
      return;
    }
    if (frame.op === undefined) this.#steadyAt = 0;
    this.#onFrame(frame);
  }
}
