// How the overlay `chat` writes one event: picture, badges, name, text. Everything from upstream
// goes in as text.

import { giftPicture } from "/web/lib/gifts.js";
import { avatar, hueOf, nameOf } from "/web/lib/people.js";
import { richText, withEmoji } from "/web/lib/rich.js";

const KINDS = {
  WebcastChatMessage: "chat",
  WebcastEmojiChatMessage: "emoji",
  WebcastScreenChatMessage: "screen_chat",
  WebcastPrivilegeScreenChatMessage: "screen_chat",
  WebcastGiftMessage: "gift",
  WebcastSocialMessage: "social",
  WebcastFansclubMessage: "fansclub",
  WebcastMemberMessage: "member",
  WebcastLikeMessage: "like",
};
const TEXTS = {
  zh: {
    gift: "送出", unknownGift: "礼物", follow: "关注了主播", share: "分享了直播间", join: "加入了粉丝团", rise: "粉丝团升级了",
    member: "来了", like: "点赞了", admin: "管理员", club: "粉丝团",
  },
  en: {
    gift: "sent", unknownGift: "a gift", follow: "followed", share: "shared the stream", join: "joined the fans club",
    rise: "rose in the fans club", member: "is here", like: "likes this", admin: "mod", club: "fan",
  },
};
/** Pay levels from which badges look grander. */
const TIERS = [1, 10, 25, 40];
const GREY = 2;
const SHARED = 3;
const JOINED = 2;

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/** Shorten a fragment's texts to so many characters in all, at most. */
function shorten(fragment, maxChars) {
  let left = maxChars;
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const rest = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (left <= 0) {
      rest.push(node);
      continue;
    }
    const chars = [...node.data];
    if (chars.length > left) node.data = `${chars.slice(0, left).join("")}…`;
    left -= chars.length;
  }
  for (const node of rest) node.remove();
  return fragment;
}

export class LineMaker {
  #values;
  #texts;

  /** @param {Record<string, *>} values of chat.options.js */
  constructor(values) {
    this.#values = values;
    this.#texts = TEXTS[values.lang];
  }

  /** Make the nodes of an event inside of an element, which gets classes, too.
   * @param {string} tag
   * @param {object} frame
   * @returns {HTMLElement}
   */
  make(tag, frame) {
    const { method, payload } = frame;
    const { user } = payload;
    const lineKind = KINDS[method] ?? "other";
    const line = make(tag, `line line-${lineKind}`);
    line.dataset.kind = lineKind;
    if (frame.simulated) line.dataset.simulated = "";
    line.style.setProperty("--hue", String(hueOf(user)));
    if (this.#values.avatars) line.append(avatar(user, "line-avatar"));
    const body = make("div", "line-body");
    body.append(this.#meta(user), this.#text(lineKind, payload));
    line.append(body);
    return line;
  }

  /** Change the count of a gift's line. */
  updateGift(line, { payload }) {
    line.querySelector(".gift-count").textContent = `×${payload.total ?? payload.count}`;
  }

  #meta(user) {
    const meta = make("span", "line-meta");
    if (user && this.#values.badges) this.#addBadges(meta, user);
    if (this.#values.names) meta.append(make("span", "line-name", nameOf(user)));
    return meta;
  }

  #addBadges(meta, user) {
    if (user.is_admin || user.is_super_admin) {
      meta.append(make("span", "badge badge-admin", this.#texts.admin));
    }
    if (user.level > 0) {
      const badge = make("span", "badge badge-level", String(user.level));
      badge.dataset.tier = String(TIERS.filter((from) => user.level >= from).length);
      meta.append(badge);
    }
    const club = user.fans_club;
    if (club) {
      const text = [[...(club.name || this.#texts.club)].slice(0, 8).join(""), club.level || ""];
      const badge = make("span", "badge badge-club", text.join(" ").trim());
      badge.classList.toggle("badge-club-grey", club.status === GREY);
      meta.append(badge);
    }
  }

  #text(lineKind, payload) {
    const text = make("span", "line-text");
    const texts = this.#texts;
    switch (lineKind) {
      case "gift": {
        text.append(`${texts.gift} `, make("span", "gift-name", payload.name || texts.unknownGift));
        const much = make("span", "gift-much");
        much.append(giftPicture(payload, "gift-image"));
        much.append(make("span", "gift-count", `×${payload.total ?? payload.count}`));
        text.append(much);
        break;
      }
      case "social":
        text.append(payload.action === SHARED ? texts.share : texts.follow);
        break;
      case "fansclub":
        text.append(payload.action === JOINED ? texts.join : texts.rise);
        break;
      case "member":
        text.append(texts.member);
        break;
      case "like":
        text.append(payload.count > 1 ? `${texts.like} ×${payload.count}` : texts.like);
        break;
      case "other":
        text.append(withEmoji(payload.content ?? ""));
        break;
      default:
        text.append(shorten(richText(payload), this.#values.max_chars));
    }
    return text;
  }
}
