// Reads an overlay's options from its address, and writes them back; used by overlays and the
// composer.

/**
 * @typedef {object} Option
 * @property {"int" | "float" | "bool" | "choice" | "color" | "text" | "list"} type
 * @property {*} default
 * @property {number} [min] for numbers
 * @property {number} [max] for numbers; for texts the characters, for lists the items
 * @property {string[]} [choices]
 * @property {{en: string, zh: string}} label
 * @property {{en: string, zh: string}} [help]
 * @property {{en: string, zh: string}} group
 * @property {Record<string, {en: string, zh: string}>} [choiceLabels]
 * @typedef {Record<string, Option>} Schema
 */

/** Characters of a text that says nothing else. */
export const MAX_TEXT = 500;
/** Items of a list that says nothing else. */
const MAX_ITEMS = 100;

export const THEMES = ["outline", "glass", "bubble", "neon", "douyin", "paper"];

const SOURCE = { en: "Source", zh: "来源" };
const LOOK = { en: "Look", zh: "外观" };
const BEHAVIOUR = { en: "Behaviour", zh: "行为" };

/** What every overlay can be told. @type {Schema} */
export const commonOptions = {
  room_id: {
    type: "text",
    default: "",
    group: SOURCE,
    label: { en: "Room", zh: "直播间" },
    help: {
      en: "The digits in live.douyin.com/…, or any other name of the room",
      zh: "live.douyin.com/ 后面的数字，或直播间的其他名称",
    },
  },
  token: {
    type: "text",
    default: "",
    group: SOURCE,
    label: { en: "Token", zh: "令牌" },
    help: {
      en: "Where the relay wants one: made by relay token overlay --room R",
      zh: "中继启用令牌时填写，用 relay token overlay --room R 生成",
    },
  },
  demo: {
    type: "bool",
    default: false,
    group: SOURCE,
    label: { en: "Sample events", zh: "示例事件" },
    help: {
      en: "Show made-up events, without any room",
      zh: "不连接直播间，只显示示例事件",
    },
  },
  theme: {
    type: "choice",
    default: "outline",
    choices: THEMES,
    choiceLabels: {
      outline: { en: "outlined text", zh: "描边文字" },
      glass: { en: "frosted glass", zh: "毛玻璃" },
      bubble: { en: "bubbles", zh: "气泡" },
      neon: { en: "neon", zh: "霓虹" },
      douyin: { en: "as in the app", zh: "抖音风格" },
      paper: { en: "paper", zh: "纸片" },
    },
    group: LOOK,
    label: { en: "Theme", zh: "主题" },
  },
  lang: {
    type: "choice",
    default: "zh",
    choices: ["zh", "en"],
    choiceLabels: { zh: { en: "中文", zh: "中文" }, en: { en: "English", zh: "English" } },
    group: LOOK,
    label: { en: "Language", zh: "语言" },
  },
  font: {
    type: "text",
    default: "",
    max: 100,
    group: LOOK,
    label: { en: "Font", zh: "字体" },
    help: {
      en: "Name of a font of the machine that OBS runs on; comes before the usual ones",
      zh: "运行 OBS 的电脑上已安装的字体名称，优先于默认字体",
    },
  },
  size: {
    type: "int",
    default: 24,
    min: 8,
    max: 200,
    group: LOOK,
    label: { en: "Text size (px)", zh: "字号（像素）" },
  },
  color: {
    type: "color",
    default: "",
    group: LOOK,
    label: { en: "Text colour", zh: "文字颜色" },
    help: { en: "Empty: the theme's", zh: "留空则用主题颜色" },
  },
  background: {
    type: "color",
    default: "",
    group: LOOK,
    label: { en: "Background colour", zh: "背景颜色" },
    help: { en: "Empty: transparent", zh: "留空则透明" },
  },
  opacity: {
    type: "float",
    default: 1,
    min: 0.1,
    max: 1,
    group: LOOK,
    label: { en: "Opacity", zh: "不透明度" },
  },
  quiet: {
    type: "bool",
    default: false,
    group: BEHAVIOUR,
    label: { en: "No notices", zh: "不显示提示" },
    help: {
      en: "Say nothing on the screen when the room can't be had",
      zh: "连接不上直播间时，画面上不显示提示文字",
    },
  },
};

/**
 * Read options from a query string. What is wrong or unknown is told in `problems`, and the
 * default taken.
 * @param {Schema} schema
 * @param {string} search e.g. location.search
 * @returns {{values: Record<string, *>, problems: {name: string, text: {en: string, zh: string}}[]}}
 */
export function readOptions(schema, search) {
  const query = new URLSearchParams(search);
  const values = {};
  const problems = [];
  for (const [name, option] of Object.entries(schema)) {
    values[name] = copy(option.default);
    const text = query.get(name);
    if (text === null) continue;
    const { value, problem } = readOption(option, text.trim());
    if (problem) problems.push({ name, text: problem });
    else values[name] = value;
  }
  for (const name of new Set(query.keys())) {
    if (!Object.hasOwn(schema, name)) {
      problems.push({ name, text: { en: "there is no such option", zh: "没有这个选项" } });
    }
  }
  return { values, problems };
}

/**
 * Write options as a query string, without "?"; what equals its default is left out.
 * @param {Schema} schema
 * @param {Record<string, *>} values
 */
export function writeOptions(schema, values) {
  const query = new URLSearchParams();
  for (const [name, option] of Object.entries(schema)) {
    const value = values[name];
    if (value === undefined) continue;
    const text = write(option, value);
    if (text !== write(option, option.default)) query.set(name, text);
  }
  return query.toString();
}

/** Give a colour as CSS writes it, "" for none, null for what is no colour. */
export function parseColor(text) {
  if (text === "") return "";
  // "#" would have to be escaped in an address, so people leave it out.
  const color = /^([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text) ? `#${text}` : text;
  const isPlain = color.length <= 64 && !/url|var|[;{}]/i.test(color);
  return isPlain && CSS.supports("color", color) ? color : null;
}

function copy(value) {
  return Array.isArray(value) ? [...value] : value;
}

function wrong(en, zh) {
  return { problem: { en, zh } };
}

/**
 * Read one option.
 * @param {Option} option
 * @param {string} text without space around it
 * @returns {{value: *} | {problem: {en: string, zh: string}}}
 */
export function readOption(option, text) {
  switch (option.type) {
    case "int":
    case "float": {
      const value = Number(text);
      const isNumber = text !== "" && Number.isFinite(value);
      if (!isNumber || (option.type === "int" && !Number.isInteger(value))) {
        return wrong("must be a number", "必须是数字");
      }
      const { min = -Infinity, max = Infinity } = option;
      if (value < min || value > max) {
        return wrong(`must be from ${min} to ${max}`, `必须在 ${min} 到 ${max} 之间`);
      }
      return { value };
    }
    case "bool":
      if (["1", "true", "yes", "on", ""].includes(text.toLowerCase())) return { value: true };
      if (["0", "false", "no", "off"].includes(text.toLowerCase())) return { value: false };
      return wrong("must be 1 or 0", "必须是 1 或 0");
    case "choice":
      if (option.choices.includes(text)) return { value: text };
      return wrong(
        `must be one of ${option.choices.join(", ")}`,
        `只能是 ${option.choices.join("、")}`,
      );
    case "color": {
      const value = parseColor(text);
      return value === null ? wrong("is no colour", "不是颜色") : { value };
    }
    case "list": {
      const value = text
        .split(/[,，]/)
        .map((item) => item.trim())
        .filter(Boolean);
      if (value.length > (option.max ?? MAX_ITEMS)) return wrong("is too long", "太长");
      const other = option.choices && value.find((item) => !option.choices.includes(item));
      if (other !== undefined) {
        return wrong(
          `can have ${option.choices.join(", ")}`,
          `只能包含 ${option.choices.join("、")}`,
        );
      }
      return { value };
    }
    default:
      if (text.length > (option.max ?? MAX_TEXT)) return wrong("is too long", "太长");
      return { value: text };
  }
}

function write(option, value) {
  if (option.type === "bool") return value ? "1" : "0";
  if (option.type === "list") return value.join(",");
  if (option.type === "color") return String(value).replace(/^#/, "");
  return String(value);
}
