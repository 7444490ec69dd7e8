// Options of the overlay `goal`; read by its script and by the composer.

export const kind = "goal";
export const title = { en: "Goal", zh: "目标" };
export const description = {
  en: "A bar that fills towards a goal: likes, gifts, followers.",
  zh: "目标进度条：点赞、礼物、关注等。",
};
export const methods = ["relay_stats"];
export const width = 640;
export const height = 160;

const CONTENT = { en: "Content", zh: "内容" };
const LOOK = { en: "Look", zh: "外观" };

/** What can be counted, and the field of RelayStats that counts it. */
export const COUNTED = {
  likes: { en: "Likes", zh: "点赞" },
  gift_diamonds: { en: "Diamonds", zh: "钻石" },
  gift_cny: { en: "Gifts in CNY", zh: "礼物价值（元）" },
  gifts: { en: "Gifts", zh: "礼物数" },
  givers: { en: "Givers", zh: "送礼人数" },
  followers: { en: "New followers", zh: "新增关注" },
  fansclub_joins: { en: "Fans club joins", zh: "加入粉丝团" },
  shares: { en: "Shares", zh: "分享" },
  chatters: { en: "People who wrote", zh: "发言人数" },
  viewers: { en: "Viewers now", zh: "在线人数" },
  viewers_total: { en: "Viewers in all", zh: "累计观看" },
};

export const options = {
  of: {
    type: "choice", default: "likes", choices: Object.keys(COUNTED), group: CONTENT,
    label: { en: "What", zh: "统计项" },
    choiceLabels: COUNTED,
  },
  target: {
    type: "int", default: 100_000, min: 1, max: 1_000_000_000, group: CONTENT,
    label: { en: "Goal", zh: "目标值" },
  },
  from: {
    type: "int", default: 0, min: 0, max: 1_000_000_000, group: CONTENT,
    label: { en: "Begin at", zh: "起始值" },
    help: {
      en: "The bar is empty here: what was reached before does not count.",
      zh: "进度条从该值开始；之前的不计入。",
    },
  },
  step: {
    type: "int", default: 0, min: 0, max: 1_000_000_000, group: CONTENT,
    label: { en: "When reached, raise it by", zh: "达成后增加" },
    help: { en: "0: stays reached.", zh: "0：保持已达成。" },
  },
  heading: {
    type: "text", default: "", max: 60, group: LOOK,
    label: { en: "Heading", zh: "标题" },
    help: { en: "Empty: what is counted.", zh: "留空则显示统计项名称。" },
  },
  numbers: {
    type: "choice", default: "both", choices: ["both", "number", "percent", "none"], group: LOOK,
    label: { en: "Numbers", zh: "数字" },
    choiceLabels: {
      both: { en: "number and per cent", zh: "数值和百分比" },
      number: { en: "number", zh: "数值" },
      percent: { en: "per cent", zh: "百分比" },
      none: { en: "none", zh: "不显示" },
    },
  },
  short: {
    type: "bool", default: false, group: LOOK,
    label: { en: "Short numbers (1.2万, 12k)", zh: "缩写数字（1.2万）" },
  },
  bar: {
    type: "color", default: "", group: LOOK,
    label: { en: "Colour of the bar", zh: "进度条颜色" },
    help: { en: "Empty: that of the theme.", zh: "留空使用主题颜色。" },
  },
  celebrate: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Confetti when reached", zh: "达成时撒花" },
  },
};
