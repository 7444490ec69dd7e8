// People's pictures and names, and which pictures may be asked for at all; used by all pages.

/** Pages name the hosts in <meta name="image-hosts" content="{{image_hosts}}">. */
const META = 'meta[name="image-hosts"]';
const MAX_FAILED = 500;
/** Characters of a name; Douyin allows fewer. */
const MAX_NAME = 60;
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const PILED = /(\p{M}{4})\p{M}+/gu;
const VISIBLE = /[^\s\p{C}\p{M}]/u;

let sources = null;
/** Pictures that could not be had: not asked for again. */
const failed = new Set();

function parseSource(source) {
  const parts = /^(https?):\/\/(\*\.)?([^/:]+|\[[^\]]+\])(:\d+)?$/.exec(source);
  if (!parts) return null;
  const [, scheme, anySub, host, port = ""] = parts;
  return { scheme: `${scheme}:`, anySub: Boolean(anySub), host, port: port.slice(1) };
}

/**
 * Say whether the page's Content-Security-Policy lets a picture be loaded. One that it does not
 * let must never be asked for: that would be a violation.
 * @param {string | null | undefined} url
 */
export function imageAllowed(url) {
  if (!url) return false;
  if (/^data:image\//i.test(url)) return true;
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return false;
  }
  if (parsed.username || parsed.password) return false;
  sources ??= (document.querySelector(META)?.content ?? "")
    .split(" ")
    .map(parseSource)
    .filter(Boolean);
  return sources.some(({ scheme, anySub, host, port }) => {
    const isHost = anySub ? parsed.hostname.endsWith(`.${host}`) : parsed.hostname === host;
    return isHost && parsed.protocol === scheme && parsed.port === port;
  });
}

/**
 * Make a picture that tells nobody where it is shown; null where it may not be loaded.
 * @param {string} url
 * @param {string} className
 * @param {() => void} onFail called when it can't be loaded
 * @returns {HTMLImageElement | null}
 */
export function picture(url, className, onFail) {
  if (!imageAllowed(url) || failed.has(url)) return null;
  const image = document.createElement("img");
  image.className = className;
  image.alt = "";
  image.decoding = "async";
  image.referrerPolicy = "no-referrer";
  image.addEventListener(
    "error",
    () => {
      if (failed.size >= MAX_FAILED) failed.delete(failed.values().next().value);
      failed.add(url);
      onFail();
    },
    { once: true },
  );
  image.src = url;
  return image;
}

/** Give a text without marks that are piled over the lines around it. */
export function unpile(text) {
  return text.replace(PILED, "$1");
}

/**
 * Give a name without what would spoil the text around it: characters that turn the direction of
 * writing, marks piled over other lines, and more than fits.
 */
function tidy(name) {
  const characters = [...unpile(name.slice(0, 4 * MAX_NAME).replace(TURNING, ""))];
  if (characters.length <= MAX_NAME) return characters.join("");
  return `${characters.slice(0, MAX_NAME - 1).join("")}…`;
}

/** Give somebody's name as shown, "—" where there is none. */
export function nameOf(user) {
  return tidy(user?.nickname || "") || tidy(user?.unique_id || "") || "—";
}

/** Give a hue (degrees) that stays the same for somebody. */
export function hueOf(user) {
  const key = (user?.masked ? "" : user?.uid) || nameOf(user);
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) | 0;
  // Neighbouring ids are to look different.
  return Math.abs(Math.imul(hash, 2654435761) >> 8) % 360;
}

function initialOf(user) {
  const name = nameOf(user);
  return name === "—" ? "?" : (VISIBLE.exec(name)?.[0].toUpperCase() ?? "?");
}

/**
 * Make somebody's avatar: the picture, else the first letter of the name on a colour.
 * @param {object | null} user as events have it
 * @param {string} [className] further classes
 * @returns {HTMLElement}
 */
export function avatar(user, className = "") {
  const holder = document.createElement("span");
  holder.className = `avatar ${className}`.trim();
  holder.setAttribute("aria-hidden", "true");
  const showInitial = () => {
    holder.classList.add("avatar-initial");
    holder.style.backgroundColor = `hsl(${hueOf(user)} 55% 45%)`;
    holder.replaceChildren(initialOf(user));
  };
  const image = picture(user?.avatar, "avatar-image", showInitial);
  if (image) holder.append(image);
  else showInitial();
  return holder;
}
