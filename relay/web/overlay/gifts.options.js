// Options of the overlay `gifts`; read by its script and by the composer.

export const kind = "gifts";
export const title = { en: "Gift alerts", zh: "礼物提醒" };
export const description = {
  en: "An alert for each gift. A combo is one alert that counts up; large gifts go first.",
  zh: "每份礼物弹出一条提醒。连击合并为一条并持续累加，大礼物优先显示。",
};
export const methods = ["gift", "gift_combo"];
export const width = 640;
export const height = 480;

const CONTENT = { en: "Content", zh: "内容" };
const LOOK = { en: "Look", zh: "外观" };
const TIERS = { en: "Sizes of gifts", zh: "礼物分级" };
const SOUND = { en: "Sound", zh: "声音" };

export const options = {
  min_diamonds: {
    type: "int", default: 0, min: 0, max: 10_000_000, group: CONTENT,
    label: { en: "From (diamonds)", zh: "最低价值（钻石）" },
    help: {
      en: "A combo appears once it is worth so much in all.",
      zh: "连击累计达到该价值后才会出现。",
    },
  },
  when: {
    type: "choice", default: "begin", choices: ["begin", "end"], group: CONTENT,
    label: { en: "Show a combo", zh: "连击何时显示" },
    choiceLabels: {
      begin: { en: "from its beginning, counting up", zh: "开始时显示并累加" },
      end: { en: "once it is over", zh: "结束后一次显示" },
    },
  },
  merge: {
    type: "bool", default: true, group: CONTENT,
    label: { en: "Join alerts of the same giver and gift", zh: "合并同一人送的同种礼物" },
  },
  max_alerts: {
    type: "int", default: 3, min: 1, max: 10, group: LOOK,
    label: { en: "Alerts at a time", zh: "同时显示条数" },
  },
  duration: {
    type: "float", default: 5, min: 1, max: 60, group: LOOK,
    label: { en: "Shown for (seconds)", zh: "显示时长（秒）" },
    help: {
      en: "After the last change; a combo stays until it is over.",
      zh: "从最后一次变化算起；连击会保留到结束。",
    },
  },
  side: {
    type: "choice", default: "bottom", choices: ["bottom", "top"], group: LOOK,
    label: { en: "Grow from", zh: "排列起点" },
    choiceLabels: {
      bottom: { en: "the bottom", zh: "底部" },
      top: { en: "the top", zh: "顶部" },
    },
  },
  align: {
    type: "choice", default: "left", choices: ["left", "center", "right"], group: LOOK,
    label: { en: "Side", zh: "水平位置" },
    choiceLabels: {
      left: { en: "left", zh: "靠左" },
      center: { en: "centre", zh: "居中" },
      right: { en: "right", zh: "靠右" },
    },
  },
  value: {
    type: "choice", default: "diamonds", choices: ["none", "diamonds", "cny"], group: LOOK,
    label: { en: "Value", zh: "价值" },
    choiceLabels: {
      none: { en: "not shown", zh: "不显示" },
      diamonds: { en: "in diamonds", zh: "钻石" },
      cny: { en: "in CNY", zh: "人民币" },
    },
  },
  avatars: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Pictures of givers", zh: "显示头像" },
  },
  who: {
    type: "text", default: "", max: 100, group: CONTENT,
    label: { en: "First line", zh: "第一行" },
    help: {
      en: "May hold {name} {gift} {count} {diamonds} {cny} {to}; empty: {name}.",
      zh: "可用 {name} {gift} {count} {diamonds} {cny} {to}；留空为 {name}。",
    },
  },
  text: {
    type: "text", default: "", max: 100, group: CONTENT,
    label: { en: "Second line", zh: "第二行" },
    help: {
      en: "As the first line; empty: sent {gift}.",
      zh: "同上；留空为「送出 {gift}」。",
    },
  },
  tier_2: {
    type: "int", default: 100, min: 1, max: 10_000_000, group: TIERS,
    label: { en: "Medium from (diamonds)", zh: "中礼物起点（钻石）" },
  },
  tier_3: {
    type: "int", default: 1_000, min: 1, max: 10_000_000, group: TIERS,
    label: { en: "Large from (diamonds)", zh: "大礼物起点（钻石）" },
    help: {
      en: "Larger ones overtake smaller ones, and are shown longer.",
      zh: "级别高的礼物优先显示，停留更久。",
    },
  },
  tier_4: {
    type: "int", default: 10_000, min: 1, max: 10_000_000, group: TIERS,
    label: { en: "Huge from (diamonds)", zh: "超大礼物起点（钻石）" },
  },
  sound: {
    type: "choice", default: "none", choices: ["none", "chime", "bell", "coin", "pop"],
    group: SOUND,
    label: { en: "Sound", zh: "提示音" },
    choiceLabels: {
      none: { en: "none", zh: "无" },
      chime: { en: "chime", zh: "风铃" },
      bell: { en: "bell", zh: "钟声" },
      coin: { en: "coin", zh: "金币" },
      pop: { en: "pop", zh: "气泡" },
    },
    help: {
      en: "In OBS, tick “Control audio via OBS” of the source. Browsers want a click first.",
      zh: "在 OBS 中请勾选该来源的“通过 OBS 控制音频”。浏览器需先点击一次页面。",
    },
  },
  volume: {
    type: "int", default: 50, min: 0, max: 100, group: SOUND,
    label: { en: "Volume (%)", zh: "音量（%）" },
  },
  sound_min: {
    type: "int", default: 0, min: 0, max: 10_000_000, group: SOUND,
    label: { en: "Sound from (diamonds)", zh: "发声起点（钻石）" },
  },
};
