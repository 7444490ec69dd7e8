// What the dashboard calls the methods of events, and how it says an event in a line.

import { t } from "/web/lib/i18n.js";

/** The kinds by which events are filtered, in the order in which they are shown. */
export const KINDS = ["chat", "gift", "like", "member", "social", "room", "numbers", "other"];
/** Those that are not shown at first: they come all the time, and the charts show them. */
export const HIDDEN_AT_FIRST = ["numbers"];

// method -> [kind, key of its label; without one the method's own name is shown]
const METHODS = new Map([
  ["WebcastChatMessage", ["chat", "label_chat"]],
  ["WebcastScreenChatMessage", ["chat", "label_chat"]],
  ["WebcastPrivilegeScreenChatMessage", ["chat", "label_chat"]],
  ["WebcastEmojiChatMessage", ["chat", "label_emoji"]],
  ["WebcastGiftMessage", ["gift", "label_gift"]],
  ["WebcastBindingGiftMessage", ["gift", "label_gift"]],
  ["WebcastLightGiftMessage", ["gift", "label_gift"]],
  ["RelayGiftCombo", ["gift", "label_combo"]],
  ["WebcastLuckyBoxMessage", ["gift", "label_lucky_box"]],
  ["WebcastLikeMessage", ["like", "label_like"]],
  ["WebcastMemberMessage", ["member", "label_member"]],
  ["WebcastSocialMessage", ["social", "label_follow"]],
  ["WebcastFansclubMessage", ["social", "label_fansclub"]],
  ["WebcastControlMessage", ["room", "label_state"]],
  ["WebcastRoomMessage", ["room", "label_notice"]],
  ["WebcastRoomNotifyMessage", ["room", "label_notice"]],
  ["WebcastNotifyMessage", ["room", "label_notice"]],
  ["WebcastLiveShoppingMessage", ["room", "label_goods"]],
  ["WebcastProductChangeMessage", ["room", "label_goods"]],
  ["WebcastRoomUserSeqMessage", ["numbers", "label_viewers"]],
  ["WebcastRoomStatsMessage", ["numbers", "label_viewers"]],
  ["WebcastRoomRankMessage", ["numbers", "label_rank"]],
  ["WebcastUpdateFanTicketMessage", ["numbers", "label_tickets"]],
  ["RelayStats", ["numbers", "label_stats"]],
]);
const SHARE = 3; // action of a social message

/** Give the kind of a method. */
export function kindOf(method) {
  return METHODS.get(method)?.[0] ?? "other";
}

/** Name a method shortly: WebcastRoomRankMessage is RoomRank. */
export function shortName(method) {
  return method.replace(/^Webcast/, "").replace(/(Message|Method)$/, "") || method;
}

/** Label an event. */
export function labelOf(event) {
  const key = METHODS.get(event.method)?.[1];
  if (event.method === "WebcastSocialMessage" && event.payload?.action === SHARE) {
    return t("label_share");
  }
  return key ? t(key) : shortName(event.method);
}

/** Say what an event says besides who did it. */
export function describe(event) {
  const { content, count, combo, repeat_end: closes, total } = event.payload ?? {};
  let text = typeof content === "string" ? content : "";
  if (event.method === "WebcastLikeMessage" && count > 1) text += ` x${count}`;
  if (kindOf(event.method) === "gift" && combo && closes && total) {
    text += ` · ${t("gift_total", { n: total })}`;
  }
  return text;
}

/** Tell whether an event only repeats what others said: it is no further gift. */
export function isRepetition(event) {
  const { combo, repeat_end: closes, increment } = event.payload ?? {};
  return event.method === "WebcastGiftMessage" && Boolean(combo && closes) && !increment;
}

/** Give the text that a search looks at, in lower case. */
export function searchText(event) {
  const { user, content, name } = event.payload ?? {};
  return [user?.nickname, user?.unique_id, user?.uid, content, name, event.method]
    .filter((part) => typeof part === "string")
    .join("\n")
    .toLowerCase();
}
