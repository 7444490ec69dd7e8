// Options of the overlay `ticker`; read by its script and by the composer.

export const kind = "ticker";
export const title = { en: "Ticker", zh: "动态条" };
export const description = {
  en: "One line that tells who comes in, follows, shares or joins the fans club.",
  zh: "一行文字，滚动播报进场、关注、分享和加入粉丝团。",
};
export const width = 640;
export const height = 64;

const LOOK = { en: "Look", zh: "外观" };
const CONTENT = { en: "Content", zh: "内容" };
const BEHAVIOUR = { en: "Behaviour", zh: "行为" };

export const options = {
  style: {
    type: "choice", default: "flip", choices: ["flip", "marquee"], group: LOOK,
    label: { en: "Style", zh: "样式" },
    choiceLabels: {
      flip: { en: "one after the other", zh: "逐条翻动" },
      marquee: { en: "running along", zh: "横向滚动" },
    },
  },
  align: {
    type: "choice", default: "left", choices: ["left", "center", "right"], group: LOOK,
    label: { en: "Side", zh: "对齐" },
    choiceLabels: {
      left: { en: "left", zh: "靠左" },
      center: { en: "centre", zh: "居中" },
      right: { en: "right", zh: "靠右" },
    },
  },
  avatars: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Pictures of people", zh: "显示头像" },
  },
  icons: {
    type: "bool", default: true, group: LOOK,
    label: { en: "A sign for each kind", zh: "显示类型图标" },
  },
  entries: {
    type: "bool", default: true, group: CONTENT,
    label: { en: "Entries", zh: "进场" },
  },
  follows: {
    type: "bool", default: true, group: CONTENT,
    label: { en: "Follows", zh: "关注" },
  },
  shares: {
    type: "bool", default: true, group: CONTENT,
    label: { en: "Shares", zh: "分享" },
  },
  fansclub: {
    type: "bool", default: true, group: CONTENT,
    label: { en: "Fans club", zh: "粉丝团" },
  },
  min_level: {
    type: "int", default: 0, min: 0, max: 100, group: CONTENT,
    label: { en: "Entries from pay level", zh: "进场最低消费等级" },
  },
  hide_masked: {
    type: "bool", default: false, group: CONTENT,
    label: { en: "Leave out masked people (某***)", zh: "隐藏匿名用户（某***）" },
  },
  hold: {
    type: "float", default: 3, min: 0.5, max: 60, group: BEHAVIOUR,
    label: { en: "One after the other: seconds each", zh: "逐条翻动：每条停留秒数" },
    help: {
      en: "Less while many wait; entries that wait are told together",
      zh: "排队较多时自动缩短，排队的进场会合并播报",
    },
  },
  stay: {
    type: "bool", default: false, group: BEHAVIOUR,
    label: { en: "The last one stays", zh: "最后一条一直显示" },
  },
  cross_s: {
    type: "float", default: 10, min: 2, max: 60, group: BEHAVIOUR,
    label: { en: "Running along: seconds to cross", zh: "横向滚动：穿过画面的秒数" },
  },
};

/** Short names of what these options want shown. */
export function methods(values) {
  return [
    ...(values.entries ? ["member"] : []),
    ...(values.follows || values.shares ? ["social"] : []),
    ...(values.fansclub ? ["fansclub"] : []),
  ];
}
