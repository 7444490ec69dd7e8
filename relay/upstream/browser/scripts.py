"""JavaScript that is run in pages of upstream's; called by pages and the browser transport.

Sources: dycast, DouyinLive for frontierSign; user scripts and crawlers for the names of Douyin's
login pop-up and captcha.
"""

from msgspec import Struct

SIGN = """
async (stub, waitMs) => {
  const until = performance.now() + waitMs;
  while (typeof window.byted_acrawler?.frontierSign !== "function") {
    if (performance.now() > until) return {missing: true};
    await new Promise((go) => setTimeout(go, 50));
  }
  const signed = await window.byted_acrawler.frontierSign({"X-MS-STUB": stub});
  return {signature: String(signed?.["X-Bogus"] ?? "")};
}
"""
"""What the page's own SDK makes of a stub; it may not be loaded yet."""

FETCH = """
async (url, headers, maxBytes, waitMs) => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), waitMs);
  const answer = await fetch(url, {headers, credentials: "include", signal: stop.signal});
  const parts = [];
  let size = 0;
  for (const reader = answer.body?.getReader(); reader; ) {
    const {done, value} = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBytes) { stop.abort(); return {tooLarge: true}; }
    parts.push(value);
  }
  const text = await new Promise((go) => {
    const reader = new FileReader();
    reader.onload = () => go(reader.result);
    reader.readAsDataURL(new Blob(parts));
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: text.slice(text.indexOf(",") + 1),
  };
}
"""
"""A request of the page's own, which its SDK adds its signature to."""

LOOK = """
() => {
  const shown = (found) => [...found].some((element) => element.getClientRects().length);
  const captcha = document.title.includes("验证码") || shown(document.querySelectorAll(
    '#captcha_container, .captcha_verify_container, iframe[src*="verifycenter"]'));
  const popups = document.querySelectorAll(
    '[id^="login-"]');
  const login = shown(popups);
  for (const popup of popups)
    for (const button of popup.querySelectorAll(".dy-account-close, [class*='close']"))
      button.click();
  return {captcha, login};
}
"""
"""Whether the page shows a captcha or a login pop-up; the latter is closed."""


class Seen(Struct, frozen=True):
    """What LOOK gives."""

    captcha: bool = False
    login: bool = False
