// The overlay `chat` as lanes: lines fly across the picture from right to left (弹幕), all at the
// same speed, so that none ever catches up with the one before it.

const LANE_HEIGHT = 1.75; // em, as in chat.css
const GAP = 1; // em between two lines of a lane
const MAX_WAITING = 60;
export const MAX_WAIT_MS = 8000;
const MAX_ITEMS = 400;

export class Lanes {
  #root;
  #maker;
  #values;
  #waiting = [];
  #frame = 0;
  #timer = 0;
  /** When each lane has room for the next line at the right edge, in ms of the page's timeline. */
  #freeAtMs = [];
  #size;
  #flying = 0;

  constructor(root, maker, values) {
    this.#root = root;
    this.#maker = maker;
    this.#values = values;
    this.#measure();
    new ResizeObserver(() => this.#measure()).observe(root);
  }

  add(frame) {
    const { combo_id: combo, increment } = frame.payload;
    if (combo && increment === 0) return;
    if (combo) this.#replaceCombo(combo);
    this.#waiting.push({ frame, combo, atMs: performance.now() });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    this.#soon();
  }

  /** Of a combo that waits for a lane only the newest count is worth showing. */
  #replaceCombo(combo) {
    this.#waiting = this.#waiting.filter((one) => one.combo !== combo);
  }

  #measure() {
    const width = this.#root.clientWidth;
    const height = this.#root.clientHeight;
    if (width === this.#size?.width && height === this.#size?.height) return;
    const em = this.#values.size;
    const laneHeight = Math.ceil(em * LANE_HEIGHT);
    this.#size = { width, height, em, laneHeight, speed: width / (this.#values.cross_s * 1000) };
    const lanes = Math.max(1, Math.floor((height * this.#values.area) / 100 / laneHeight));
    // What flies already was measured for another width, and could be run into.
    this.#root.replaceChildren();
    this.#flying = 0;
    this.#freeAtMs = new Array(lanes).fill(0);
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#frame ||= requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#frame = 0;
    const oldestMs = performance.now() - MAX_WAIT_MS;
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs > oldestMs);
    const now = document.timeline.currentTime;
    const free = this.#freeAtMs.map((_, lane) => lane).filter((lane) => this.#freeAtMs[lane] <= now);
    const count = Math.min(free.length, this.#waiting.length, MAX_ITEMS - this.#flying);
    const starting = this.#waiting.splice(0, count).map(({ frame }, index) => {
      const item = this.#maker.make("div", frame);
      item.classList.add("lane-item");
      return { item, lane: free[index] };
    });
    this.#root.append(...starting.map(({ item }) => item));
    // All are measured before any is moved: one layout for all of them.
    const widths = starting.map(({ item }) => Math.ceil(item.getBoundingClientRect().width));
    starting.forEach(({ item, lane }, index) => this.#fly(item, lane, widths[index], now));
    if (this.#waiting.length) {
      const nextMs = Math.min(...this.#freeAtMs) - now;
      this.#timer = setTimeout(() => this.#soon(), Math.max(16, nextMs));
    }
  }

  #fly(item, lane, itemWidth, now) {
    const { width, em, laneHeight, speed } = this.#size;
    // A picture that fails leaves a text of another width behind.
    item.style.width = `${itemWidth}px`;
    const y = lane * laneHeight;
    const flight = item.animate(
      [
        { transform: `translate(${width}px, ${y}px)` },
        { transform: `translate(${-itemWidth}px, ${y}px)` },
      ],
      { duration: (width + itemWidth) / speed, fill: "both" },
    );
    // Else it would begin with the next frame, whenever that is.
    flight.startTime = now;
    this.#flying += 1;
    flight.onfinish = () => {
      if (!item.isConnected) return;
      item.remove();
      this.#flying -= 1;
    };
    this.#freeAtMs[lane] = now + (itemWidth + GAP * em) / speed;
  }
}
