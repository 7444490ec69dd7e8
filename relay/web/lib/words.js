// What the relay says by words of its own – causes, cures, reasons of gaps, codes of errors – for
// people. The relay's sentences are English: in other languages they stand where there is no word.

import { addTexts, language, t } from "/web/lib/i18n.js";

// English says a cause itself where it is not here.
addTexts({
  en: {
    cause_captcha: "captcha wanted",
    cause_challenge: "address doubted",
    cause_empty_body: "empty answers",
    cause_forbidden: "address refused",
    cause_login_wanted: "login wanted",
    cause_device_blocked: "device blocked",
    cause_sign_check: "signature refused",
    cause_silent: "nothing comes",
    cause_heartbeats_only: "only heartbeats come",
    cause_low_value_only: "nothing of value comes",
    cause_signer: "signer fails",
    cause_signer_missing: "no signer",
    cause_browser_down: "browser is gone",
  },
  zh: {
    cause_captcha: "需要验证码",
    cause_challenge: "网络地址被怀疑",
    cause_empty_body: "返回内容为空",
    cause_forbidden: "网络地址被拒绝",
    cause_rate_limited: "请求过多",
    cause_login_wanted: "需要登录",
    cause_device_blocked: "设备被拒绝",
    cause_sign_check: "签名未通过",
    cause_handshake_refused: "握手被拒绝",
    cause_silent: "没有任何数据",
    cause_heartbeats_only: "只有心跳",
    cause_low_value_only: "没有有效消息",
    cause_signer: "签名服务出错",
    cause_signer_missing: "没有签名服务",
    cause_sdk_missing: "浏览器页面没有签名功能",
    cause_sdk_refused: "浏览器页面没有给出签名",
    cause_not_found: "直播间不存在",
    cause_unknown_room: "直播间不存在",
    cause_room_over: "本场直播已结束",
    cause_unreachable: "无法连接抖音",
    cause_timeout: "抖音没有响应",
    cause_server_error: "抖音服务器出错",
    cause_http_error: "抖音返回了错误",
    cause_redirected: "抖音转到了别的网址",
    cause_too_large: "抖音返回的内容过大",
    cause_bad_body: "抖音返回的内容无法识别",
    cause_bad_params: "抖音不接受请求参数",
    cause_other_code: "抖音返回了未知状态码",
    cause_unsupported: "正在播放录像，无法查询",
    cause_busy: "请求额度已用完",
    cause_stopping: "服务正在停止",
    cause_restarting: "抖音服务器正在重启",
    cause_browser_down: "浏览器不可用",
    cause_page_crashed: "页面崩溃",
    cause_page_closed: "页面被关闭",
    cause_login_popup: "页面要求登录",
    cause_login_expired: "登录已过期",
    cause_cut: "连接被切断",
    cause_closed: "连接被关闭",
    cause_close_frame: "抖音关闭了连接",
    cause_crashed: "内部错误",
    hint_captcha: "抖音要求此网络地址完成验证码：请放慢速度，或更换网络",
    hint_challenge: "抖音怀疑此网络地址：请放慢速度，或更换网络",
    hint_empty_body: "抖音拒绝此网络地址：请放慢速度，或更换网络",
    hint_forbidden: "抖音拒绝此网络地址：请放慢速度，或更换网络",
    hint_rate_limited: "此网络地址请求过多：请减少监听的直播间，或降低频率",
    hint_login_wanted: "此直播间只对登录用户开放：请配置 [[logins]]",
    hint_device_blocked: "抖音要求有效的签名：请配置 [[signers]]，或设 transport = 'poll'",
    hint_handshake_refused: "抖音要求有效的签名：请配置 [[signers]]，或设 transport = 'poll'",
    hint_sign_check: "请检查 [[signers]] 里的签名服务",
    hint_signer: "请检查 [[signers]] 里的签名服务",
    hint_signer_missing: "需要签名：请配置 [[signers]]",
    hint_sdk_missing: "浏览器页面无法签名：请在 [[signers]] 里改用其他签名方式",
    hint_sdk_refused: "浏览器页面无法签名：请在 [[signers]] 里改用其他签名方式",
    hint_busy: "同时的请求过多：请提高 [browser] max_pages 或 calls_per_s，或减少监听的直播间",
    hint_not_found: "请检查房间名；抖音没有这个直播间",
    hint_unreachable: "请检查本机的网络和代理设置",
    hint_timeout: "请检查本机的网络和代理设置",
    hint_browser_down: "请检查 [browser] 里的浏览器",
    hint_page_crashed: "请检查 [browser] 里的浏览器",
    hint_page_closed: "请检查 [browser] 里的浏览器",
    hint_login_popup: "直播间页面要求登录：请在该浏览器里登录，或配置 [[logins]]",
    hint_login_expired: "请重新导出该登录的 Cookie",
  },
});

addTexts({
  en: {
    cure_reconnect: "connect again",
    cure_identity: "another identity",
    cure_signer: "another signer",
    cure_host: "another host",
    cure_transport: "another transport",
    cure_ask: "ask whether it is live",
    cure_restart: "start again",

    gap_history: "no longer kept",
    gap_epoch: "the relay began anew",
    gap_ahead: "the relay has less than this page had",
    gap_slow: "this page was too slow",
    gap_merged: "two rooms turned out to be one",
    gap_corrupt_frame: "Douyin sent something unreadable",
    gap_upstream_reconnect: "the connection to Douyin was down",
    gap_restart: "the relay was restarted",
    gap_store: "they could not be stored",
    gap_not_recorded: "not recorded",

    closed_3503: "this page may not use this relay",
  },
  zh: {
    cure_reconnect: "重新连接",
    cure_identity: "更换身份",
    cure_signer: "更换签名服务",
    cure_host: "更换主机",
    cure_transport: "更换传输方式",
    cure_ask: "查询是否开播",
    cure_restart: "重新启动",

    gap_history: "已不再保留",
    gap_epoch: "服务已重新开始",
    gap_ahead: "服务现有的事件比此页面收到的少",
    gap_slow: "此页面接收过慢",
    gap_merged: "两个直播间实为同一个",
    gap_corrupt_frame: "抖音发来的数据无法识别",
    gap_upstream_reconnect: "与抖音的连接中断过",
    gap_restart: "服务重启过",
    gap_store: "未能存盘",
    gap_not_recorded: "录像中没有",

    closed_3503: "此页面无权使用这个服务",

    transport_socket: "长连接",
    transport_poll: "轮询",
    transport_browser: "浏览器",
    transport_replay: "录像",
    line_connecting: "连接中",
    line_open: "已连接",
    line_live: "接收中",
    line_waiting: "等待重连",

    error_bad_request: "服务无法理解这个请求",
    error_bad_method: "服务没有这种事件",
    error_bad_position: "服务没有这个位置的事件",
    error_bad_token: "令牌缺失或不正确",
    error_forbidden_origin: "此页面无权使用这个服务",
    error_forbidden_scope: "此令牌没有这项权限",
    error_internal: "服务内部出错，详见日志",
    error_not_subscribed: "没有订阅这个直播间",
    error_rate_limited: "请求过多，请稍后再试",
    error_room_refused: "服务不能监听这个直播间：已达 [watch] max_rooms 的上限，或正在停止",
    error_stopping: "服务正在停止",
    error_store_unavailable: "数据存储暂不可用",
    error_too_many_clients: "连接服务的客户端过多",
    error_too_many_connections: "来自此网络地址的连接过多",
    error_too_many_rooms: "订阅的直播间过多",
    error_too_slow: "请求超时",
    error_unknown_room: "没有监听这个直播间",
    error_unknown_room_400: "这不是有效的直播间名",
    error_wrong_host: "服务不接受这个网址的请求",
  },
});

/** Say a cause, e.g. `device_blocked`. */
export function causeText(cause) {
  return say(`cause_${cause}`, cause.replaceAll("_", " "));
}

/** Say what can be done about a cause: the relay's own sentence, or its translation. */
export function hintText(cause, english) {
  return english && say(`hint_${cause}`, english);
}

/** Say a cure, e.g. `signer`. */
export function cureText(cure) {
  return say(`cure_${cure}`, cure);
}

/** Say why events are missing, e.g. `history`. */
export function gapText(reason) {
  return say(`gap_${reason}`, String(reason).replaceAll("_", " "));
}

/** Say by what a room's events come, e.g. `socket`. */
export function transportText(transport) {
  return say(`transport_${transport}`, transport);
}

/** Say how one of a room's connections is, e.g. `live`. */
export function lineText(state) {
  return say(`line_${state}`, state);
}

/** Say that the relay closed the connection for good.
 * @param {number} code */
export function closedText(code) {
  return t("closed", { reason: say(`closed_${code}`, String(code)) });
}

/**
 * Say what was refused: the relay's own sentence, which is the more exact one, or a translation.
 * @param {{code: string, message: string, status?: number}} error an ApiFailure, or an `error` frame
 */
export function errorText({ code, message, status }) {
  const key = `error_${code}`;
  return say(`${key}_${status}`, say(key, message));
}

/**
 * Show in an element what was refused; the relay's own sentence at least as its title.
 * @param {(why: string) => string} [sentence] puts the reason into a sentence
 */
export function showError(element, error, sentence = (why) => why) {
  const why = errorText(error);
  element.textContent = sentence(why);
  element.title = why === error.message ? "" : error.message;
  element.hidden = false;
}

/** Tell whether the relay's own sentence about a cause is to be shown, which is English. */
export function isSentenceWanted(cause) {
  return language() === "en" || say(`cause_${cause}`, "") === "";
}

function say(key, other) {
  const text = t(key);
  return text === key ? other : text;
}
