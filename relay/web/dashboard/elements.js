// Small helpers for making elements; texts are always put in as text.

/** Make an element.
 * @param {string} name
 * @param {string} [className]
 * @param {string} [text] */
export function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Say a time of the day, with the date where that is another day.
 * @param {number} ms Unix milliseconds
 * @param {string} locale */
export function clock(ms, locale) {
  const time = new Date(ms);
  const isToday = time.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { month: "short", day: "numeric" };
  return time.toLocaleString(locale, {
    ...day,
    hour: "2-digit",
    minute: "2-digit",
    second: isToday ? "2-digit" : undefined,
    hourCycle: "h23",
  });
}

/** Set a text only where it is another one: screen readers repeat what is set. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
