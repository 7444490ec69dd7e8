// What several overlays do with elements: make them, have numbers run to their new value, and have
// what is moved glide to its new place. Transforms only, so that nothing is laid out anew for each frame.

const EASE_OUT = "cubic-bezier(.2, .8, .2, 1)";

/** Whether there is anybody to see a movement. */
function seen() {
  return document.visibilityState === "visible";
}

/**
 * Make an element.
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 */
export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** A number that runs from what is shown to what it is. */
export class RunningNumber {
  #element;
  #format;
  #lastsMs;
  #shown = null;
  #from = 0;
  #to = 0;
  #beganMs = 0;
  #frame = 0;

  /**
   * @param {Element} element its text is the number
   * @param {(value: number) => string} format
   * @param {number} [lastsMs]
   */
  constructor(element, format, lastsMs = 700) {
    this.#element = element;
    this.#format = format;
    this.#lastsMs = lastsMs;
  }

  /** Go to a value; the first one is shown at once. null: it is not known. */
  set(value) {
    if (value === null || this.#shown === null || !seen()) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#show(value);
      this.#to = value;
      return;
    }
    if (value === this.#to) return;
    this.#from = this.#shown;
    this.#to = value;
    this.#beganMs = performance.now();
    if (!this.#frame) this.#frame = requestAnimationFrame((now) => this.#step(now));
  }

  #step(nowMs) {
    const part = Math.min(1, Math.max(0, (nowMs - this.#beganMs) / this.#lastsMs));
    const eased = 1 - (1 - part) ** 3;
    this.#show(part === 1 ? this.#to : Math.round(this.#from + (this.#to - this.#from) * eased));
    this.#frame = part === 1 ? 0 : requestAnimationFrame((now) => this.#step(now));
  }

  #show(value) {
    this.#shown = value;
    const text = value === null ? "–" : this.#format(value);
    if (this.#element.textContent !== text) this.#element.textContent = text;
  }
}

/**
 * Change the children of an element, and have those that stay glide to their new places.
 * @param {Element} parent
 * @param {() => void} change
 * @param {number} [lastsMs]
 */
export function glide(parent, change, lastsMs = 350) {
  if (!seen()) {
    change();
    return;
  }
  const before = new Map([...parent.children].map((child) => [child, child.offsetTop]));
  change();
  for (const child of parent.children) {
    const moved = (before.get(child) ?? child.offsetTop) - child.offsetTop;
    if (!moved) continue;
    child.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], {
      duration: lastsMs,
      easing: EASE_OUT,
      composite: "add",
    });
  }
}
