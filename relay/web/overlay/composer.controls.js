// Controls for options, made of their schemas; used by the composer.

import { pick, t } from "/web/lib/i18n.js";
import { MAX_TEXT, readOption } from "/web/lib/options.js";

const SLIDER_UP_TO = 200; // numbers of a longer range are typed
const LISTS = { room_id: "rooms", font: "fonts" }; // options with suggestions: id of the datalist
const SECRET = new Set(["token"]);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Make what takes the text of a box over, or says beside it what is wrong with it. */
function makeTake(box, option, onChange) {
  const wrong = make("small", { id: `${box.id}-wrong`, class: "wrong", role: "status" });
  const described = box.getAttribute("aria-describedby") ?? "";
  box.setAttribute("aria-describedby", `${described} ${wrong.id}`.trim());
  const take = () => {
    const { value, problem } = readOption(option, box.value.trim());
    box.setAttribute("aria-invalid", String(problem !== undefined));
    wrong.textContent = problem ? pick(problem) : "";
    if (!problem) onChange(value);
  };
  box.addEventListener("input", take);
  return { take, wrong };
}

/**
 * Make the control of an option.
 * @param {string} name
 * @param {import("/web/lib/options.js").Option} option
 * @param {*} value
 * @param {(value: *, typing?: boolean) => void} onChange called with a value that the option can
 *   have; `typing`: a text that more may be typed of
 * @returns {HTMLElement}
 */
export function makeControl(name, option, value, onChange) {
  const id = `option-${name}`;
  const help = option.help ? make("small", { id: `${id}-help`, class: "help" }, pick(option.help)) : "";
  const described = option.help ? { "aria-describedby": `${id}-help` } : {};
  const label = make("label", { for: id }, pick(option.label));
  const field = make("div", { class: `field field-${option.type}` });
  switch (option.type) {
    case "bool": {
      const box = make("input", { type: "checkbox", id, ...described });
      box.checked = value;
      box.addEventListener("change", () => onChange(box.checked));
      field.append(box, label, help);
      break;
    }
    case "choice":
      field.append(label, makeSelect(id, option, value, described, onChange), help);
      break;
    case "int":
    case "float":
      field.append(label, ...makeNumber(id, option, value, described, onChange), help);
      break;
    case "color":
      field.append(label, ...makeColor(id, option, value, described, onChange), help);
      break;
    case "list":
      field.append(...makeList(id, option, value, described, label, onChange), help);
      break;
    default:
      field.append(label, makeText(name, id, option, value, described, onChange), help);
  }
  return field;
}

function labelOf(option, choice) {
  const label = option.choiceLabels?.[choice];
  return label ? pick(label) : choice;
}

function makeSelect(id, option, value, described, onChange) {
  const select = make("select", { id, ...described });
  for (const choice of option.choices) {
    select.append(make("option", { value: choice }, labelOf(option, choice)));
  }
  select.value = value;
  select.addEventListener("change", () => onChange(select.value));
  return select;
}

function makeNumber(id, option, value, described, onChange) {
  const { min, max } = option;
  const range = { min: String(min ?? ""), max: String(max ?? "") };
  const step = option.type === "int" ? "1" : String(Math.min(0.5, (max - min) / 20 || 0.5));
  const box = make("input", {
    type: "number", id, ...range, step: option.type === "int" ? "1" : "any", ...described,
  });
  box.value = String(value);
  const row = make("div", { class: "number-row" }, box);
  const { take, wrong } = makeTake(box, option, onChange);
  if (max - min <= SLIDER_UP_TO) {
    const slider = make("input", { type: "range", ...range, step, "aria-label": pick(option.label) });
    slider.value = String(value);
    slider.addEventListener("input", () => {
      box.value = slider.value;
      take();
    });
    box.addEventListener("input", () => {
      slider.value = box.value;
    });
    row.prepend(slider);
  }
  return [row, wrong];
}

function makeColor(id, option, value, described, onChange) {
  const text = make("input", { type: "text", id, spellcheck: "false", placeholder: "#rrggbb", ...described });
  const swatch = make("input", { type: "color", "aria-label": `${pick(option.label)}: ${t("pick_color")}` });
  const clear = make("button", { type: "button", class: "plain" }, t("clear"));
  text.value = value;
  if (/^#[0-9a-f]{6}$/i.test(value)) swatch.value = value;
  const { take, wrong } = makeTake(text, option, onChange);
  swatch.addEventListener("input", () => {
    text.value = swatch.value;
    take();
  });
  clear.addEventListener("click", () => {
    text.value = "";
    take();
  });
  return [make("div", { class: "color-row" }, swatch, text, clear), wrong];
}

function makeText(name, id, option, value, described, onChange) {
  const box = make("input", {
    type: SECRET.has(name) ? "password" : "text", id, spellcheck: "false",
    maxlength: String(option.max ?? MAX_TEXT), autocomplete: "off", ...described,
  });
  if (LISTS[name]) box.setAttribute("list", LISTS[name]);
  box.value = value;
  box.addEventListener("input", () => onChange(box.value.trim(), true));
  box.addEventListener("change", () => onChange(box.value.trim()));
  return box;
}

function makeList(id, option, value, described, label, onChange) {
  if (!option.choices) {
    const box = make("input", { type: "text", id, spellcheck: "false", ...described });
    box.value = value.join(", ");
    const { wrong } = makeTake(box, option, onChange);
    return [label, box, wrong];
  }
  const boxes = option.choices.map((choice) => {
    const box = make("input", { type: "checkbox", value: choice });
    box.checked = value.includes(choice);
    return box;
  });
  const read = () => onChange(boxes.filter((box) => box.checked).map((box) => box.value));
  const legend = make("span", { class: "list-label", id: `${id}-label` }, pick(option.label));
  const group = make("div", { class: "list-row", role: "group", id, "aria-labelledby": `${id}-label`, ...described });
  for (const box of boxes) {
    box.addEventListener("change", read);
    group.append(make("label", { class: "inline" }, box, labelOf(option, box.value)));
  }
  return [legend, group];
}
