// Options of the overlay `top`; read by its script and by the composer.

export const kind = "top";
export const title = { en: "Gift ranking", zh: "礼物榜" };
export const description = {
  en: "Who gave most, in this broadcast or in the last five minutes.",
  zh: "本场或最近五分钟的送礼排行。",
};
export const methods = ["relay_stats"];
export const width = 420;
export const height = 560;

const CONTENT = { en: "Content", zh: "内容" };
const LOOK = { en: "Look", zh: "外观" };

export const options = {
  window: {
    type: "choice", default: "session", choices: ["session", "recent"], group: CONTENT,
    label: { en: "Of", zh: "范围" },
    choiceLabels: {
      session: { en: "the broadcast", zh: "本场" },
      recent: { en: "the last five minutes", zh: "最近五分钟" },
    },
  },
  rows: {
    type: "int", default: 5, min: 1, max: 10, group: CONTENT,
    label: { en: "Rows", zh: "行数" },
  },
  min_diamonds: {
    type: "int", default: 0, min: 0, max: 10_000_000, group: CONTENT,
    label: { en: "From (diamonds)", zh: "最低价值（钻石）" },
  },
  value: {
    type: "choice", default: "diamonds", choices: ["diamonds", "cny", "gifts", "none"],
    group: CONTENT,
    label: { en: "Value", zh: "数值" },
    choiceLabels: {
      diamonds: { en: "diamonds", zh: "钻石" },
      cny: { en: "CNY", zh: "人民币" },
      gifts: { en: "number of gifts", zh: "礼物数" },
      none: { en: "not shown", zh: "不显示" },
    },
    help: {
      en: "The order is always by value in diamonds.",
      zh: "名次始终按钻石价值排列。",
    },
  },
  heading: {
    type: "text", default: "", max: 60, group: LOOK,
    label: { en: "Heading", zh: "标题" },
    help: { en: "Empty: the ranking's name. A hyphen: none.", zh: "留空为榜单名；“-”为不显示。" },
  },
  avatars: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Pictures", zh: "显示头像" },
  },
  bars: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Bars", zh: "比例条" },
  },
  short: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Short numbers (1.2万, 12k)", zh: "缩写数字（1.2万）" },
  },
};
