// Numbers, money and times as people read them, in Chinese and English; used by all pages.

const STEPS = {
  zh: [
    [1e8, "亿"],
    [1e4, "万"],
  ],
  en: [
    [1e9, "b"],
    [1e6, "m"],
    [1e3, "k"],
  ],
};

function languageOf(lang) {
  return lang === "zh" ? "zh" : "en";
}

/** Give a number shortly: 12345 is "1.2万" or "12.3k". Cut off, not rounded up. */
export function formatCount(value, lang) {
  const size = Math.abs(value);
  for (const [step, unit] of STEPS[languageOf(lang)]) {
    if (size < step) continue;
    const digits = size / step < 100 ? 1 : 0;
    const cut = Math.trunc((value / step) * 10 ** digits) / 10 ** digits;
    return `${cut}${unit}`;
  }
  return String(Math.trunc(value));
}

/** Give a number with all its digits: "12,345". */
export function formatNumber(value, lang) {
  return value.toLocaleString(languageOf(lang) === "zh" ? "zh-CN" : "en-GB");
}

/** Give diamonds (抖币): "520 钻", "520 diamonds". */
export function formatDiamonds(value, lang) {
  const number = formatCount(value, lang);
  if (languageOf(lang) === "zh") return `${number}钻`;
  return value === 1 ? "1 diamond" : `${number} diamonds`;
}

/** Give CNY: "¥52", "¥1.2万"; small sums with their cents. */
export function formatCny(value, lang) {
  if (Math.abs(value) >= 10_000) return `¥${formatCount(value, lang)}`;
  return `¥${value.toLocaleString("en-GB", { maximumFractionDigits: value < 100 ? 2 : 0 })}`;
}
