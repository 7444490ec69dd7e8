// Options of the overlay `viewers`; read by its script and by the composer.

export const kind = "viewers";
export const title = { en: "Viewers", zh: "观众人数" };
export const description = {
  en: "Who watch now, and who have watched so far.",
  zh: "当前在线人数与累计观看人数。",
};
export const methods = ["relay_stats"];
export const width = 600;
export const height = 160;

const LOOK = { en: "Look", zh: "外观" };

export const options = {
  show: {
    type: "choice", default: "now", choices: ["now", "total", "both"], group: LOOK,
    label: { en: "Show", zh: "显示" },
    choiceLabels: {
      now: { en: "who watch now", zh: "当前在线" },
      total: { en: "who have watched", zh: "累计观看" },
      both: { en: "both", zh: "两者" },
    },
  },
  captions: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Captions", zh: "说明文字" },
  },
  short: {
    type: "bool", default: false, group: LOOK,
    label: { en: "Short numbers (1.2万, 12k)", zh: "缩写数字（1.2万）" },
  },
  graph: {
    type: "bool", default: false, group: LOOK,
    label: { en: "Line of the last minutes", zh: "最近走势线" },
  },
  graph_minutes: {
    type: "int", default: 10, min: 1, max: 60, group: LOOK,
    label: { en: "Minutes in the line", zh: "走势线分钟数" },
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
};
