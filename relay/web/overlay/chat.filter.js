// Which events the overlay `chat` shows, by its options.

const CHATS = new Set([
  "WebcastChatMessage",
  "WebcastEmojiChatMessage",
  "WebcastScreenChatMessage",
  "WebcastPrivilegeScreenChatMessage",
]);
const FOLLOWED = 1;
const SHARED = 3;

function fold(text) {
  return text.normalize("NFKC").toLowerCase();
}

function isHidden(user, hidden) {
  return [user.nickname, user.unique_id, user.uid].some((name) => name && hidden.has(fold(name)));
}

/**
 * @param {Record<string, *>} values of chat.options.js
 * @returns {(frame: object) => boolean}
 */
export function makeFilter(values) {
  const words = values.block.map(fold);
  const hidden = new Set(values.hide_users.map(fold));

  function acceptsWriter({ user, content, is_lucky_bag: isLuckyBag }) {
    if (isLuckyBag && values.hide_lucky_bag) return false;
    if ((user?.level ?? 0) < values.min_level) return false;
    if (values.fans_only && !user?.fans_club) return false;
    if (!words.length) return true;
    const text = fold(content ?? "");
    return !words.some((word) => text.includes(word));
  }

  return ({ method, payload }) => {
    const { user } = payload;
    if (user) {
      if (user.masked && values.hide_masked) return false;
      if (hidden.size && isHidden(user, hidden)) return false;
      if (words.length) {
        const name = fold(user.nickname ?? "");
        if (words.some((word) => name.includes(word))) return false;
      }
    }
    if (CHATS.has(method)) return acceptsWriter(payload);
    if (method === "WebcastGiftMessage") {
      return (payload.total_diamonds ?? payload.diamond_total ?? 0) >= values.min_diamonds;
    }
    if (method === "WebcastSocialMessage") {
      if (payload.action === FOLLOWED) return values.follows;
      return payload.action === SHARED && values.shares;
    }
    return true;
  };
}
