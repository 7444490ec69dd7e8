// The relay's REST interface for pages, and the token that it may want. Used by the dashboard and
// the composer; overlays have their token in their address.

import { addTexts, t } from "/web/lib/i18n.js";

const TOKEN_KEY = "relay-token"; // in sessionStorage: gone with the tab
const TIMEOUT_MS = 20_000;

addTexts({
  en: {
    token_title: "This relay wants a token",
    token_hint: "relay token new makes one; it stays in this tab only.",
    token_label: "Token",
    token_enter: "Enter",
    token_later: "Not now",
    token_refused: "This token is not one of the relay's.",
    token_wanted: "a token is wanted",
    relay_unreachable: "the relay does not answer",
  },
  zh: {
    token_title: "此服务需要令牌",
    token_hint: "用 relay token new 生成；只保存在当前标签页。",
    token_label: "令牌",
    token_enter: "进入",
    token_later: "以后再说",
    token_refused: "令牌不正确。",
    token_wanted: "需要令牌",
    relay_unreachable: "服务没有响应",
  },
});

/** What the relay refused, or could not be asked. */
export class ApiFailure extends Error {
  /**
   * @param {number} status HTTP status; 0: no answer came
   * @param {string} code as in the relay's errors, e.g. `forbidden_scope`
   * @param {string} message for people
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The token to ask with; "": none. */
export function getToken() {
  try {
    return sessionStorage.getItem(TOKEN_KEY) ?? "";
  } catch {
    return "";
  }
}

/** Keep a token for this tab; "": forget it.
 * @param {string} token */
export function setToken(token) {
  if (token) sessionStorage.setItem(TOKEN_KEY, token);
  else sessionStorage.removeItem(TOKEN_KEY);
}

/** Ask the relay; where it wants a token, the user is asked for one, and it is asked again.
 *
 * @param {string} path e.g. `/api/rooms`
 * @param {object} [options]
 * @param {string} [options.method]
 * @param {object} [options.body] sent as JSON
 * @param {AbortSignal} [options.signal]
 * @param {boolean} [options.ask] false: fail rather than ask for a token
 * @returns {Promise<any>} the answer's JSON; null where it has none
 * @throws {ApiFailure}
 */
export async function api(path, { method = "GET", body, signal, ask = true } = {}) {
  for (;;) {
    const token = getToken();
    const { answer, text } = await send(path, { method, body, signal }, token);
    if (answer.status !== 401) return read(answer, text);
    // Another request may have had the user asked in the meantime.
    if (getToken() !== token) continue;
    if (!ask) throw new ApiFailure(401, "bad_token", t("token_wanted"));
    await askForToken({ refused: token !== "" });
  }
}

let asking = null;

/** Have the user enter a token, which is kept for the tab; several who ask at once get the same.
 *
 * @param {object} [options]
 * @param {boolean} [options.refused] whether the one that there was is not right
 * @returns {Promise<string>}
 * @throws {ApiFailure} the user doesn't want to
 */
export function askForToken({ refused = false } = {}) {
  asking ??= showDialog(refused).finally(() => {
    asking = null;
  });
  return asking;
}

async function send(path, { method, body, signal }, token) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  const stop = () => abort.abort();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    const answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: abort.signal,
    });
    return { answer, text: await answer.text() };
  } catch {
    throw new ApiFailure(0, signal?.aborted ? "aborted" : "unreachable", t("relay_unreachable"));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function read(answer, text) {
  if (answer.status === 204) return null;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiFailure(answer.status, "bad_answer", `HTTP ${answer.status}`);
  }
  if (answer.ok) return body;
  const { code = "error", message = `HTTP ${answer.status}` } = body?.error ?? {};
  throw new ApiFailure(answer.status, code, message);
}

function showDialog(refused) {
  const dialog = document.createElement("dialog");
  dialog.className = "token-dialog";
  dialog.setAttribute("aria-labelledby", "enter-title");
  const form = add(dialog, "form", { method: "dialog", id: "enter" });
  add(form, "h2", { id: "enter-title" }, t("token_title"));
  add(form, "p", { id: "enter-hint" }, t("token_hint"));
  add(form, "label", { for: "enter-token" }, t("token_label"));
  const field = add(form, "input", {
    id: "enter-token",
    type: "password",
    autocomplete: "off",
    required: "",
    "aria-describedby": "enter-hint",
  });
  if (refused) {
    add(form, "p", { id: "enter-error", role: "alert" }, t("token_refused"));
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", "enter-error enter-hint");
  }
  const buttons = add(form, "div", { class: "token-buttons" });
  const later = add(buttons, "button", { type: "button" }, t("token_later"));
  add(buttons, "button", { class: "primary" }, t("token_enter"));
  later.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  return new Promise((resolve, reject) => {
    let token = "";
    form.addEventListener("submit", (event) => {
      token = field.value.trim();
      if (!token) event.preventDefault();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (!token) {
        reject(new ApiFailure(401, "bad_token", t("token_wanted")));
        return;
      }
      setToken(token);
      resolve(token);
    });
  });
}

function add(parent, name, attributes, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  parent.append(element);
  return element;
}
