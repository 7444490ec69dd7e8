// Texts of events as nodes: emoji pictures, mentions, and everything else as plain text; used by
// overlays and the dashboard.

import { nameOf, picture, unpile } from "./people.js";

/** Douyin's names of emoji that plain texts carry in brackets, as what every font can show. */
const EMOJI = new Map(
  Object.entries({
    微笑: "🙂", 色: "😍", 发呆: "😳", 酷拽: "😎", 抠鼻: "🙄", 流泪: "😢", 捂脸: "🤦", 发怒: "😡",
    呲牙: "😁", 尬笑: "😅", 害羞: "😊", 调皮: "😜", 舔屏: "😋", 看: "👀", 爱心: "❤️", 比心: "🫰",
    赞: "👍", 鼓掌: "👏", 感谢: "🙏", 抱抱你: "🤗", 玫瑰: "🌹", 灵机一动: "💡", 耶: "✌️", 打脸: "🤕",
    大笑: "😆", 机智: "🤓", 送心: "💝", "666": "🤙", 闭嘴: "🤐", 来看我: "👋", 一起加油: "💪",
    哈欠: "🥱", 震惊: "😱", 晕: "😵", 衰: "😞", 困: "😪", 疑问: "🤔", 泪奔: "😭", 泣不成声: "😭",
    无语: "😑", 小鼓掌: "👏", 大金牙: "😁", 偷笑: "🤭", 石化: "🗿", 思考: "🤔", 吐血: "🤮", 可怜: "🥺",
    嘘: "🤫", 撇嘴: "😒", 黑线: "😓", 笑哭: "😂", 雾霾: "😷", 难过: "😔", 奸笑: "😏", 得意: "😏",
    憨笑: "😄", 惊讶: "😮", 吐: "🤮", 委屈: "🥺", 睡: "😴", 快哭了: "🥺", 亲亲: "😘", 酷: "😎",
    强: "👍", 弱: "👎", 握手: "🤝", 胜利: "✌️", 抱拳: "🙏", 拳头: "✊", OK: "👌", ok: "👌", 加油: "💪",
    心碎: "💔", 蛋糕: "🎂", 礼物: "🎁", 啤酒: "🍺", 西瓜: "🍉", 月亮: "🌙", 太阳: "☀️", 炸弹: "💣",
    便便: "💩", 嘴唇: "💋", 凋谢: "🥀", 红包: "🧧", 福: "🧧", 烟花: "🎆", 庆祝: "🎉", 碰杯: "🥂",
    鲜花: "💐", 吃瓜群众: "🍉", 戴口罩: "😷", 鬼脸: "😝", 猪头: "🐷", 狗: "🐶", "18禁": "🔞",
  }),
);
const CODE = /\[([^[\]]{1,8})\]/g;

/** Give a text as it is shown: Douyin's emoji names turned into emoji, and no marks piled up. */
export function withEmoji(text) {
  const flat = unpile(text);
  if (!flat.includes("[")) return flat;
  return flat.replace(CODE, (code, name) => EMOJI.get(name) ?? code);
}

function emojiNode(url, text) {
  const fallback = () => document.createTextNode(withEmoji(text || "[表情]"));
  const image = picture(url, "emoji", () => image.replaceWith(fallback()));
  if (!image) return fallback();
  image.alt = text;
  return image;
}

function mentionNode(piece) {
  const node = document.createElement("span");
  node.className = "mention";
  const name = piece.user ? nameOf(piece.user) : piece.text;
  node.textContent = name.startsWith("@") ? name : `@${name}`;
  return node;
}

/**
 * Make the text of an event: its pieces, where it has any, else its content.
 * @param {{content?: string, pieces?: object[], image?: string, emoji_id?: string}} payload
 * @returns {DocumentFragment}
 */
export function richText(payload) {
  const fragment = document.createDocumentFragment();
  if (payload.emoji_id !== undefined) {
    const node = emojiNode(payload.image, payload.content ?? "");
    if (node instanceof Element) node.classList.add("sticker");
    fragment.append(node);
    return fragment;
  }
  for (const piece of payload.pieces ?? []) {
    if (piece.type === "user") fragment.append(mentionNode(piece));
    else if (piece.image) fragment.append(emojiNode(piece.image, piece.text));
    else fragment.append(withEmoji(piece.text));
  }
  if (fragment.textContent === "" && !fragment.querySelector("img")) {
    fragment.append(withEmoji(payload.content ?? ""));
  }
  return fragment;
}
