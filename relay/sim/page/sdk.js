"use strict";
// Stands in for the SDK that Douyin's page signs with. The signatures are those of sign.py.
(() => {
  const config = self.simConfig;
  if (config.sdk === "missing") return;
  let made = 0;

  const hex = (bytes) => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");

  function hash(salt, parts) {
    const data = new TextEncoder().encode([config.key, hex(salt), ...parts].join("\0"));
    return [0, 1, 2].flatMap((lane) => {
      let mixed = (0x811c9dc5 ^ Math.imul(lane, 0x9e3779b9)) >>> 0;
      for (const byte of data) mixed = Math.imul(mixed ^ byte, 0x01000193) >>> 0;
      mixed = (mixed ^ (mixed >>> 15)) >>> 0;
      return [(mixed >>> 16) & 255, (mixed >>> 8) & 255, mixed & 255];
    });
  }

  function sign(...parts) {
    made += 1;
    const wrong = config.sdk === "wrong" || (config.sdkGoodFor && made > config.sdkGoodFor);
    const salt = [...crypto.getRandomValues(new Uint8Array(3))];
    const bytes = [...salt, ...hash(salt, wrong ? [...parts, "wrong"] : parts)];
    return btoa(String.fromCharCode(...bytes));
  }

  self.byted_acrawler = {
    frontierSign(asked) {
      return { "X-Bogus": sign("push", asked["X-MS-STUB"], navigator.userAgent) };
    },
  };

  // Calls to its own endpoints get their a_bogus on the way.
  function signed(url) {
    const target = new URL(url, self.location.href);
    const own = target.origin === self.location.origin;
    if (!own || !/^\/(webcast|live)\//.test(target.pathname)) return url;
    target.searchParams.delete("a_bogus");
    const pairs = [...target.searchParams].map(([key, value]) => `${key}=${value}`);
    const bogus = sign("a_bogus", target.pathname, navigator.userAgent, ...pairs);
    target.searchParams.append("a_bogus", bogus);
    return target.href;
  }

  const plainFetch = self.fetch;
  self.fetch = (asked, options) => {
    const request = asked instanceof Request ? new Request(signed(asked.url), asked) : signed(asked);
    return plainFetch.call(self, request, options);
  };
  const plainOpen = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function open(method, url, ...more) {
    return plainOpen.call(this, method, signed(url), ...more);
  };
})();
