// Made-up events of exactly the real shape, to see an overlay without a room; used by overlays
// with demo=1 and by the composer's preview.

const ROOM_ID = "7000000000000000001";
const WEB_RID = "80000000001";
const ANCHOR_UID = "100000000000";

const NAMES = [
  "小明同学", "一只橘猫🐱", "不吃香菜", "晚风", "Echo_98", "爱吃火锅的阿伟", "星河滚烫✨", "南方有鱼",
  "今天也要早睡", "阿May", "月亮不睡我不睡", "路过的网友", "大橙子", "山野雾灯", "Kiki🌸", "西瓜味的夏天",
];
const LINES = [
  "主播好！", "来了来了", "哈哈哈哈哈哈", "这首歌叫什么名字呀？", "666666", "第一次来，关注了", "主播今天状态真好",
  "求一首《晴天》", "声音太好听了吧[色]", "晚上好[微笑]", "Hello from London 👋", "这个操作可以的[赞]",
  "刚下班，来听会儿歌放松一下，今天实在是太累了，还好有你陪着我们", "前排围观", "打卡第30天[比心]", "笑死我了[捂脸]",
];
const GIFTS = [
  { gift_id: "463", name: "小心心", diamond_each: 1, glyph: "💗", upTo: 30, weight: 8 },
  { gift_id: "685", name: "粉丝团灯牌", diamond_each: 1, glyph: "🏮", upTo: 1, weight: 2 },
  { gift_id: "2002", name: "玫瑰", diamond_each: 1, glyph: "🌹", upTo: 20, weight: 5 },
  { gift_id: "3389", name: "棒棒糖", diamond_each: 9, glyph: "🍭", upTo: 10, weight: 3 },
  { gift_id: "4021", name: "比心兔兔", diamond_each: 299, glyph: "🐰", upTo: 2, weight: 1 },
  { gift_id: "4187", name: "跑车", diamond_each: 1200, glyph: "🏎️", upTo: 1, weight: 0.5 },
  { gift_id: "4520", name: "嘉年华", diamond_each: 30000, glyph: "🎡", upTo: 1, weight: 0.15 },
];
const METHODS = {
  chat: "WebcastChatMessage",
  emoji: "WebcastEmojiChatMessage",
  screen_chat: "WebcastScreenChatMessage",
  gift: "WebcastGiftMessage",
  gift_combo: "RelayGiftCombo",
  like: "WebcastLikeMessage",
  member: "WebcastMemberMessage",
  social: "WebcastSocialMessage",
  fansclub: "WebcastFansclubMessage",
  seq: "WebcastRoomUserSeqMessage",
  relay_stats: "RelayStats",
};
/** How often each comes, against the others. */
const WEIGHTS = { chat: 10, emoji: 1, screen_chat: 0.5, gift: 2, like: 3, member: 4, social: 1.5, fansclub: 0.5 };
const STATS_EVERY_MS = 1_000;
const COMBO_STEP_MS = 350;
const MAX_OPEN_COMBOS = 4;
const MAX_TOP = 10;

/** Draw a picture: a glyph as an image that needs nothing from anywhere. */
function glyphImage(glyph) {
  const text = `<text x="50" y="54" font-size="76" text-anchor="middle" dominant-baseline="middle">${glyph}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">${text}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function pick(list, random) {
  return list[Math.floor(random() * list.length)];
}

function pickWeighted(entries, random) {
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of entries) {
    left -= weight;
    if (left < 0) return value;
  }
  return entries[entries.length - 1][0];
}

function makeUser(index, random) {
  const level = random() < 0.25 ? 0 : Math.ceil(random() ** 2 * 55);
  const club = random() < 0.4 ? { name: "小星星", level: Math.ceil(random() * 20), status: 1, anchor_uid: ANCHOR_UID } : null;
  const badges = level
    ? [{ kind: 1, level, text: `荣誉等级${level}级勋章`, image: "" }]
    : [];
  return {
    uid: String(100000000001 + index),
    nickname: NAMES[index % NAMES.length],
    avatar: "",
    unique_id: `demo${index}`,
    sec_uid: `MS4wLjABAAAAdemo${index}`,
    short_id: "",
    web_rid: "",
    gender: index % 3,
    level,
    fans_club: club,
    is_admin: index === 1,
    is_super_admin: false,
    is_anonymous: false,
    masked: false,
    follower_count: 0,
    following_count: 0,
    badges,
  };
}

/**
 * Make up events until stopped.
 * @param {object} options
 * @param {string[]} [options.kinds] short names of what is wanted; all that there are by default
 * @param {(frame: object) => void} options.onEvent
 * @param {number} [options.rate] events a second
 * @param {() => number} [options.random] for the same events each time
 * @returns {{stop: () => void}}
 */
export function demoEvents({ kinds, onEvent, rate = 3, random = Math.random }) {
  const wanted = new Set(kinds ?? Object.keys(METHODS));
  const users = NAMES.map((_, index) => makeUser(index, random));
  const given = new Map(); // uid -> {user, gifts, diamonds}
  const stats = {
    viewers: 1280, viewers_peak: 1503, viewers_total: 23410, likes: 48200, entries: 410, newcomers: 380,
    followers: 12, shares: 3, fansclub_joins: 2, chatters: 96, gifts: 0, gift_diamonds: 0,
  };
  const counts = {};
  const sinceMs = Date.now() - 1_800_000;
  let offset = 0;
  let combos = [];
  let nextGroup = Math.floor(Date.now() / 1000);

  function send(short, payload) {
    const method = METHODS[short];
    if (!method.startsWith("Relay")) counts[method] = (counts[method] ?? 0) + 1;
    if (!wanted.has(short)) return;
    offset += 1;
    onEvent({
      method,
      msg_id: short.includes("_combo") || short === "relay_stats" ? "0" : String(7004000000000000000n + BigInt(offset)),
      room_id: ROOM_ID,
      web_rid: WEB_RID,
      epoch: "demo",
      offset,
      time: Date.now(),
      payload: { room_id: ROOM_ID, ...payload },
    });
  }

  function chat(user) {
    const text = pick(LINES, random);
    const base = {
      user, event_time_s: Math.floor(Date.now() / 1000), chat_by: 0, is_lucky_bag: false,
      chat_tags: [], mention_uids: [], reply_to_msg_id: "",
    };
    const piece = (type, value, more = {}) => ({ type, text: value, image: "", user: null, gift_id: "", ...more });
    const roll = random();
    if (roll < 0.12) {
      const other = pick(users, random);
      const pieces = [piece("user", other.nickname, { user: other }), piece("text", ` ${text}`)];
      send("chat", { ...base, content: `@${other.nickname} ${text}`, pieces, mention_uids: [other.uid] });
    } else if (roll < 0.3) {
      const glyph = pick(["🎉", "🔥", "💖", "😂"], random);
      const pieces = [piece("text", text), piece("image", "[表情]", { image: glyphImage(glyph) })];
      send("chat", { ...base, content: `${text}[表情]`, pieces });
    } else {
      send("chat", { ...base, content: text, pieces: [] });
    }
  }

  function giftPayload(combo, closes) {
    const { gift, user, count, group } = combo;
    const increment = closes ? 0 : count - combo.sent;
    return {
      content: `送出了 ${gift.name} x${count}`, user, gift_id: gift.gift_id, name: gift.name, count,
      diamond_each: gift.diamond_each, diamond_total: gift.diamond_each * count, repeat_count: count,
      combo_count: count, group_count: 1, total_count: count, group_id: group, combo: gift.upTo > 1,
      repeat_end: closes, send_type: gift.upTo > 1 ? 4 : 1, gift_type: 1, fan_ticket_count: 0,
      to_user: null, to_uids: [], image: glyphImage(gift.glyph), send_time_ms: Date.now(),
      description: `${user.nickname}:送给主播 ${count}个${gift.name}`, combo_id: `demo-${group}`,
      increment, increment_diamonds: increment * gift.diamond_each, total: count,
      total_diamonds: count * gift.diamond_each, total_cny: (count * gift.diamond_each) / 10,
    };
  }

  function stepCombo(combo) {
    if (combo.count > combo.sent) {
      const increment = combo.count - combo.sent;
      send("gift", giftPayload(combo, false));
      combo.sent = combo.count;
      const diamonds = increment * combo.gift.diamond_each;
      stats.gifts += increment;
      stats.gift_diamonds += diamonds;
      const giver = given.get(combo.user.uid) ?? { user: combo.user, gifts: 0, diamonds: 0 };
      giver.gifts += increment;
      giver.diamonds += diamonds;
      given.set(combo.user.uid, giver);
    }
    if (combo.count < combo.upTo) {
      combo.count = Math.min(combo.upTo, combo.count + 1 + Math.floor(random() * 3));
      return true;
    }
    if (combo.gift.upTo > 1) send("gift", giftPayload(combo, true));
    const { gift, user, count, group } = combo;
    send("gift_combo", {
      content: `送出了 ${gift.name} x${count}`, user, combo_id: `demo-${group}`, gift_id: gift.gift_id,
      name: gift.name, count, diamond_each: gift.diamond_each, diamond_total: count * gift.diamond_each,
      cny_total: (count * gift.diamond_each) / 10, group_id: group, image: glyphImage(gift.glyph),
      to_user: null, to_uids: [], first_ms: combo.firstMs, last_ms: Date.now(), closed_by: "end",
      continued: false,
    });
    return false;
  }

  function startGift(user) {
    if (combos.length >= MAX_OPEN_COMBOS) return;
    const gift = pickWeighted(GIFTS.map((one) => [one, one.weight]), random);
    const upTo = 1 + Math.floor(random() * gift.upTo);
    nextGroup += 1;
    combos.push({ gift, user, upTo, count: 1, sent: 0, group: String(nextGroup), firstMs: Date.now() });
  }

  function happen(what) {
    const user = pick(users, random);
    switch (what) {
      case "chat":
        chat(user);
        break;
      case "emoji":
        send("emoji", {
          content: "[表情]", user, emoji_id: "1", image: glyphImage(pick(["😆", "🥳", "😭", "🫶"], random)), pieces: [],
        });
        break;
      case "screen_chat":
        send("screen_chat", {
          content: pick(LINES, random), user, pieces: [], event_time_s: Math.floor(Date.now() / 1000),
          screen_chat_type: 1, priority: 0,
        });
        break;
      case "gift":
        startGift(user);
        break;
      case "like": {
        const count = 1 + Math.floor(random() * 15);
        stats.likes += count;
        send("like", { content: "点赞", user, count, total: stats.likes });
        break;
      }
      case "member":
        stats.entries += 1;
        stats.newcomers += 1;
        stats.viewers_total += 1 + Math.floor(random() * 4);
        send("member", {
          content: "来了", user, member_count: stats.viewers, action: 1, enter_type: 0, enter_tip_type: 0,
          via_share: false, is_top_user: false, top_user_no: 0, is_set_to_admin: false, entrance_text: "",
        });
        break;
      case "social": {
        const shares = random() < 0.25;
        if (shares) stats.shares += 1;
        else stats.followers += 1;
        send("social", {
          content: shares ? "分享了直播间" : "关注了主播", user, action: shares ? 3 : 1, share_type: 0,
          share_target: shares ? "1" : ANCHOR_UID, share_channel: shares ? "wechat" : "",
          follow_count: shares ? 0 : 15200 + stats.followers, share_total_count: stats.shares,
        });
        break;
      }
      case "fansclub":
        stats.fansclub_joins += 1;
        send("fansclub", { content: `恭喜 ${user.nickname} 加入粉丝团`, user, action: 2, privilege: "" });
        break;
    }
  }

  function giverOf({ user, gifts, diamonds }) {
    return { user, gifts, diamonds, cny: diamonds / 10 };
  }

  function tellStats() {
    stats.viewers = Math.max(50, stats.viewers + Math.round((random() - 0.5) * 40));
    stats.viewers_peak = Math.max(stats.viewers_peak, stats.viewers);
    const top = [...given.values()].sort((one, two) => two.diamonds - one.diamonds).slice(0, MAX_TOP).map(giverOf);
    const cny = stats.gift_diamonds / 10;
    send("relay_stats", {
      content: "", user: null, full: true, time_ms: Date.now(), since_ms: sinceMs, ...stats,
      messages: { ...counts }, messages_per_min: { ...counts }, gift_cny: cny, givers: given.size, top_givers: top,
      recent: {
        window_s: 300, messages: { ...counts }, likes: stats.likes - 48200, entries: stats.entries - 410,
        newcomers: stats.newcomers - 380, followers: stats.followers - 12, gifts: stats.gifts,
        gift_diamonds: stats.gift_diamonds, gift_cny: cny, top_givers: top,
      },
    });
    const seq = {
      content: "", user: null, total: stats.viewers, total_text: String(stats.viewers), total_user: stats.viewers_total,
      total_user_text: String(stats.viewers_total), total_pv_text: "5.2万", online_text: String(stats.viewers),
      popularity: 0, popularity_text: "", ranks: [], seats: [],
    };
    send("seq", seq);
  }

  const happenSomething = () => happen(pickWeighted(Object.entries(WEIGHTS), random));
  const stepCombos = () => {
    combos = combos.filter(stepCombo);
  };

  // A few at once, one of each kind among them, so that there is something to see at once.
  for (let i = 0; i < 6; i++) happenSomething();
  for (const what of Object.keys(WEIGHTS)) happen(what);
  stepCombos();
  tellStats();
  const timers = [
    setInterval(happenSomething, 1000 / rate),
    setInterval(stepCombos, COMBO_STEP_MS),
    setInterval(tellStats, STATS_EVERY_MS),
  ];
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
