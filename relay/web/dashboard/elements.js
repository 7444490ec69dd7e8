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

/**
 * Have an element contain these nodes, by changing those that are there: what has the focus, is
 * selected or open stays so.
 * @param {Element} element
 * @param {Node[]} nodes not in the page
 */
export function update(element, nodes) {
  let place = element.firstChild;
  for (const node of nodes) {
    let there = place;
    while (there && !isAlike(there, node)) there = there.nextSibling;
    if (!there) {
      element.insertBefore(node, place);
      continue;
    }
    while (place !== there) place = removed(place);
    place = there.nextSibling;
    change(there, node);
  }
  while (place) place = removed(place);
}

function isAlike(node, other) {
  return node.nodeName === other.nodeName && node.classList?.[0] === other.classList?.[0];
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function change(there, node) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (there.data !== node.data) there.data = node.data;
    return;
  }
  for (const { name } of [...there.attributes]) {
    // Whether details are open is the user's.
    if (name !== "open" && !node.hasAttribute(name)) there.removeAttribute(name);
  }
  for (const { name, value } of node.attributes) {
    if (there.getAttribute(name) !== value) there.setAttribute(name, value);
  }
  update(there, [...node.childNodes]);
}
