// The overlay `chat` as a list: new lines push older ones out. Lines come in once an animation
// frame, and only those that can stay are made at all.

const GLIDE_MS = 220;
/** With more lines in a frame than this, gliding would only blur them. */
const MAX_GLIDING = 4;
const LOOK_EVERY_MS = 500;
const FADE_MS = 800;

export class List {
  #lines;
  #maker;
  #values;
  #waiting = [];
  #frame = 0;
  /** combo -> its line on the screen */
  #combos = new Map();
  /** lines, oldest first, with when they came and what they are of */
  #shown = [];

  constructor(root, maker, values) {
    this.#maker = maker;
    this.#values = values;
    this.#lines = document.createElement("ol");
    this.#lines.className = "chat-lines";
    root.append(this.#lines);
    if (values.fade) setInterval(() => this.#fade(), LOOK_EVERY_MS);
  }

  add(frame) {
    this.#waiting.push(frame);
    if (this.#waiting.length > 2 * this.#values.max_lines) {
      this.#waiting = this.#waiting.slice(-this.#values.max_lines);
    }
    this.#frame ||= requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#frame = 0;
    const frames = this.#waiting.slice(-this.#values.max_lines);
    this.#waiting = [];
    const fresh = [];
    for (const frame of frames) {
      const combo = frame.payload.combo_id;
      const known = combo && this.#combos.get(combo);
      if (known) {
        this.#maker.updateGift(known.line, frame);
        known.atMs = performance.now();
        known.line.classList.remove("line-fading");
        continue;
      }
      // What closes a combo, or repeats it, is no news of its own.
      if (combo && frame.payload.increment === 0) continue;
      const entry = { line: this.#maker.make("li", frame), atMs: performance.now(), combo };
      if (combo) this.#combos.set(combo, entry);
      fresh.push(entry);
    }
    if (fresh.length) this.#put(fresh);
  }

  #put(fresh) {
    const lines = fresh.map(({ line }) => line);
    if (this.#values.newest === "bottom") this.#lines.append(...lines);
    else this.#lines.prepend(...lines.reverse());
    this.#shown.push(...fresh);
    this.#trim();
    if (!this.#values.motion || fresh.length > MAX_GLIDING) return;
    // Measured once all is in its place: one layout a frame, and none for what does not glide.
    this.#glide(lines.reduce((height, line) => height + line.offsetHeight, 0));
  }

  #trim() {
    const tooMany = this.#shown.length - this.#values.max_lines;
    if (tooMany > 0) this.#remove(this.#shown.splice(0, tooMany));
  }

  #remove(entries) {
    for (const entry of entries) {
      entry.line.remove();
      if (entry.combo) this.#combos.delete(entry.combo);
    }
  }

  #glide(pixels) {
    const from = this.#values.newest === "bottom" ? pixels : -pixels;
    // What still glides goes on from where it is.
    const now = new DOMMatrix(getComputedStyle(this.#lines).transform).m42;
    for (const animation of this.#lines.getAnimations()) animation.cancel();
    this.#lines.animate(
      [{ transform: `translateY(${now + from}px)` }, { transform: "none" }],
      { duration: GLIDE_MS, easing: "cubic-bezier(.2, .7, .3, 1)" },
    );
  }

  #fade() {
    const now = performance.now();
    const goneMs = this.#values.fade * 1000;
    for (const { line, atMs } of this.#shown) {
      if (now - atMs >= goneMs) line.classList.add("line-fading");
    }
    // They go in the order in which they came: taking one out of the middle would make those around
    // it jump.
    const stays = this.#shown.findIndex(({ atMs }) => now - atMs < goneMs + FADE_MS);
    const gone = stays < 0 ? this.#shown.length : stays;
    if (gone) this.#remove(this.#shown.splice(0, gone));
  }
}
