// Options of the overlay `likes`; read by its script and by the composer.

export const kind = "likes";
export const title = { en: "Likes", zh: "点赞" };
export const description = {
  en: "The likes of the broadcast, with hearts that rise as they are given.",
  zh: "本场点赞数，点赞时有爱心飘起。",
};
export const methods = ["like", "relay_stats"];
export const width = 320;
export const height = 400;

const LOOK = { en: "Look", zh: "外观" };

export const options = {
  number: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Show the number", zh: "显示数字" },
  },
  short: {
    type: "bool", default: false, group: LOOK,
    label: { en: "Short numbers (1.2万, 12k)", zh: "缩写数字（1.2万）" },
  },
  caption: {
    type: "text", default: "", max: 40, group: LOOK,
    label: { en: "Caption", zh: "说明文字" },
  },
  hearts: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Rising hearts", zh: "飘动爱心" },
  },
  max_hearts: {
    type: "int", default: 24, min: 1, max: 60, group: LOOK,
    label: { en: "Hearts at a time", zh: "同时爱心数" },
  },
  hues: {
    type: "choice", default: "warm", choices: ["warm", "rainbow", "one"], group: LOOK,
    label: { en: "Colours of hearts", zh: "爱心颜色" },
    choiceLabels: {
      warm: { en: "reds and pinks", zh: "红粉色" },
      rainbow: { en: "all", zh: "彩色" },
      one: { en: "one: that of the icon", zh: "单色（同图标）" },
    },
  },
  align: {
    type: "choice", default: "center", choices: ["left", "center", "right"], group: LOOK,
    label: { en: "Side", zh: "水平位置" },
    choiceLabels: {
      left: { en: "left", zh: "靠左" },
      center: { en: "centre", zh: "居中" },
      right: { en: "right", zh: "靠右" },
    },
  },
};
