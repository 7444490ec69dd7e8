// What the composer can be given: the address of an overlay that is pasted, and what stands behind
// the "#" of its own. Both name a kind of overlay and its options.

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Take the address of an overlay apart.
 * @param {string} text
 * @returns {{name: string, query: string} | null} null: it is none of this relay
 */
export function readAddress(text) {
  let url;
  try {
    url = new URL(text.trim());
  } catch {
    return null;
  }
  const name = /^\/overlay\/(\w+)$/.exec(url.pathname)?.[1];
  return name && isOurs(url) ? { name, query: url.search } : null;
}

/**
 * Take this page's own address apart, e.g. /overlay/#goal?target=7.
 * @returns {{name: string, query: string} | null} null: nothing is said there
 */
export function readHash() {
  const [, name, query = ""] = /^#(\w+)(?:\?(.*))?$/.exec(location.hash) ?? [];
  return name ? { name, query } : null;
}

function isOurs({ origin, protocol, port, hostname }) {
  if (origin === location.origin) return true;
  const isHere = LOOPBACK.has(hostname) && LOOPBACK.has(location.hostname);
  return isHere && protocol === location.protocol && port === location.port;
}
