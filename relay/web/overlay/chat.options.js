// Options of the overlay `chat`; read by its script and by the composer.

export const kind = "chat";
export const title = { en: "Chat", zh: "弹幕聊天" };
export const description = {
  en: "What people write, as a list that scrolls or flying across the picture (弹幕).",
  zh: "观众发言：滚动列表，或横穿画面的飞行弹幕。",
};
export const width = 480;
export const height = 720;

const LOOK = { en: "Look", zh: "外观" };
const CONTENT = { en: "Content", zh: "内容" };
const FILTER = { en: "Filters", zh: "过滤" };
const BEHAVIOUR = { en: "Behaviour", zh: "行为" };

export const options = {
  style: {
    type: "choice", default: "list", choices: ["list", "lanes"], group: LOOK,
    label: { en: "Style", zh: "样式" },
    choiceLabels: {
      list: { en: "a list that scrolls", zh: "滚动列表" },
      lanes: { en: "flying across (弹幕)", zh: "飞行弹幕" },
    },
  },
  layout: {
    type: "choice", default: "inline", choices: ["inline", "stacked"], group: LOOK,
    label: { en: "Name", zh: "昵称位置" },
    choiceLabels: {
      inline: { en: "before the text", zh: "与内容同行" },
      stacked: { en: "above the text", zh: "内容上方" },
    },
  },
  align: {
    type: "choice", default: "left", choices: ["left", "right"], group: LOOK,
    label: { en: "Side", zh: "对齐" },
    choiceLabels: { left: { en: "left", zh: "靠左" }, right: { en: "right", zh: "靠右" } },
  },
  newest: {
    type: "choice", default: "bottom", choices: ["bottom", "top"], group: LOOK,
    label: { en: "New lines come in at the", zh: "新消息出现在" },
    choiceLabels: { bottom: { en: "bottom", zh: "底部" }, top: { en: "top", zh: "顶部" } },
  },
  avatars: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Pictures of people", zh: "显示头像" },
  },
  badges: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Levels and fans club", zh: "显示等级和粉丝团" },
  },
  names: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Names", zh: "显示昵称" },
  },
  name_colors: {
    type: "bool", default: true, group: LOOK,
    label: { en: "A colour for each name", zh: "昵称彩色" },
  },
  edge: {
    type: "bool", default: true, group: LOOK,
    label: { en: "Fade at the far edge", zh: "边缘渐隐" },
    help: { en: "In the list: lines fade where they leave", zh: "列表：消息离开的一侧渐隐" },
  },
  gifts: {
    type: "bool", default: true, group: CONTENT,
    label: { en: "Gifts", zh: "礼物" },
    help: { en: "A combo is one line that counts up", zh: "连击合并为一行并持续累加" },
  },
  min_diamonds: {
    type: "int", default: 0, min: 0, max: 10_000_000, group: CONTENT,
    label: { en: "Gifts from (diamonds)", zh: "礼物最低价值（钻石）" },
  },
  follows: {
    type: "bool", default: true, group: CONTENT,
    label: { en: "Follows", zh: "关注" },
  },
  fansclub: {
    type: "bool", default: true, group: CONTENT,
    label: { en: "Fans club", zh: "粉丝团" },
  },
  shares: {
    type: "bool", default: false, group: CONTENT,
    label: { en: "Shares", zh: "分享" },
  },
  entries: {
    type: "bool", default: false, group: CONTENT,
    label: { en: "Entries", zh: "进场" },
  },
  likes: {
    type: "bool", default: false, group: CONTENT,
    label: { en: "Likes", zh: "点赞" },
  },
  min_level: {
    type: "int", default: 0, min: 0, max: 100, group: FILTER,
    label: { en: "From pay level", zh: "最低消费等级" },
  },
  fans_only: {
    type: "bool", default: false, group: FILTER,
    label: { en: "Fans club only", zh: "仅粉丝团成员" },
  },
  block: {
    type: "list", default: [], max: 100, group: FILTER,
    label: { en: "Blocked words", zh: "屏蔽词" },
    help: {
      en: "With commas between; lines and names that contain one are left out",
      zh: "用逗号分隔；内容或昵称中包含屏蔽词的消息不显示",
    },
  },
  hide_users: {
    type: "list", default: [], max: 100, group: FILTER,
    label: { en: "People left out", zh: "屏蔽用户" },
    help: { en: "Nicknames, Douyin ids or uids", zh: "昵称、抖音号或 uid" },
  },
  hide_masked: {
    type: "bool", default: false, group: FILTER,
    label: { en: "Leave out masked people (某***)", zh: "隐藏匿名用户（某***）" },
  },
  hide_lucky_bag: {
    type: "bool", default: true, group: FILTER,
    label: { en: "Leave out lucky-bag passwords", zh: "隐藏福袋口令" },
  },
  max_lines: {
    type: "int", default: 40, min: 1, max: 200, group: BEHAVIOUR,
    label: { en: "Lines at most", zh: "最多行数" },
  },
  max_chars: {
    type: "int", default: 200, min: 10, max: 1000, group: BEHAVIOUR,
    label: { en: "Characters of a line at most", zh: "单条最多字符数" },
  },
  fade: {
    type: "float", default: 0, min: 0, max: 3600, group: BEHAVIOUR,
    label: { en: "Lines vanish after (s)", zh: "消失时间（秒）" },
    help: { en: "0: they stay until they are pushed out", zh: "0：一直保留，直到被挤出画面" },
  },
  recent: {
    type: "int", default: 100, min: 0, max: 1000, group: BEHAVIOUR,
    label: { en: "Begin so many events back", zh: "打开时回看事件数" },
    help: {
      en: "So that the list is not empty when the scene is shown",
      zh: "打开页面时先显示之前的消息，列表不会空着",
    },
  },
  motion: {
    type: "bool", default: true, group: BEHAVIOUR,
    label: { en: "Lines glide in", zh: "滑入动画" },
  },
  cross_s: {
    type: "float", default: 9, min: 2, max: 60, group: BEHAVIOUR,
    label: { en: "Flying: seconds to cross", zh: "飞行弹幕：穿过画面的秒数" },
  },
  area: {
    type: "int", default: 100, min: 10, max: 100, group: BEHAVIOUR,
    label: { en: "Flying: part of the height (%)", zh: "飞行弹幕：占画面高度（%）" },
  },
};

/** Short names of what these options want shown. */
export function methods(values) {
  return [
    "chat",
    "emoji",
    "screen_chat",
    "privilege_chat",
    ...(values.gifts ? ["gift"] : []),
    ...(values.follows || values.shares ? ["social"] : []),
    ...(values.fansclub ? ["fansclub"] : []),
    ...(values.entries ? ["member"] : []),
    ...(values.likes ? ["like"] : []),
  ];
}
