// Pictures of gifts; used by the overlays `chat` and `gifts`.

import { picture } from "./people.js";

/** What stands for gifts that come without a picture, as those of the simulator and tests do. */
const EMOJI = new Map(
  Object.entries({
    小心心: "💗", 玫瑰: "🌹", 粉丝团灯牌: "🏮", 棒棒糖: "🍭", 比心兔兔: "🐰", 跑车: "🏎️", 嘉年华: "🎡",
    大啤酒: "🍺", 啤酒: "🍺", 墨镜: "🕶️", 热气球: "🎈", 私人飞机: "✈️", 火箭: "🚀", 鲜花: "💐", 亲吻: "💋",
    抖音: "🎵", 你最好看: "😍", 为你点亮: "💡", 爱的纸鹤: "🕊️", 蛋糕: "🎂", 掌声: "👏", 红包: "🧧",
    粉团小灯: "🏮", 纸飞机: "🛩️", 小橘子: "🍊", 热可可: "☕", 晚安毯: "🌙", 风车: "🎐", 许愿瓶: "🍾",
    流星邮局: "🌠", 云上列车: "🚄",
  }),
);

/**
 * Make a gift's picture; its emoji where there is no picture of it.
 * @param {{name: string, image: string}} gift
 * @param {string} className
 * @param {() => Node | string} [fallback] makes what is shown where there is neither
 * @returns {Node | string}
 */
export function giftPicture({ name, image: url }, className, fallback = () => "") {
  const emoji = EMOJI.get(name);
  const instead = () => {
    if (!emoji) return fallback();
    const sign = document.createElement("span");
    sign.className = `${className} gift-emoji`;
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = emoji;
    return sign;
  };
  const image = picture(url, className, () => image.replaceWith(instead()));
  return image ?? instead();
}
