"use strict";
// What the room's page does: its connection, its picture, its pop-ups, its troubles.
(() => {
  const config = self.simConfig;
  // For whoever looks at the page from outside.
  self.simPage = { stopped: true };
  const report = (state) => { self.simPage = { ...state }; };

  function inWindow() {
    const feed = new self.SimFeed(config, report);
    return (order) => feed[order]();
  }

  function inWorker() {
    const worker = new Worker("/page/worker.js");
    worker.onmessage = ({ data }) => report(data);
    let first = true;
    return (order) => {
      worker.postMessage(first ? { config, order } : { order });
      first = false;
    };
  }

  function inFrame() {
    const frame = document.createElement("iframe");
    frame.src = `/page/frame/${config.webRid}`;
    frame.hidden = true;
    addEventListener("message", ({ data, source }) => {
      if (source === frame.contentWindow) report(data);
    });
    const loaded = new Promise((done) => { frame.onload = done; });
    document.body.append(frame);
    return async (order) => {
      await loaded;
      frame.contentWindow.postMessage(order, location.origin);
    };
  }

  const tell = { worker: inWorker, iframe: inFrame }[config.mode] ?? inWindow;
  let order = null;
  function start() {
    order ??= tell();
    order("start");
  }

  function overlay(id, text, ...more) {
    const over = document.createElement("div");
    over.id = id;
    over.style = "position:fixed;inset:0;z-index:9;background:rgba(0,0,0,.8);color:#fff";
    over.append(text, ...more);
    document.body.append(over);
    return over;
  }

  function popUp() {
    const close = document.createElement("button");
    close.className = "login-close";
    close.textContent = "×";
    const over = overlay("login-popup", "登录后即可观看高清直播", close);
    close.onclick = () => {
      over.remove();
      if (config.popupHolds && config.live) start();
    };
  }

  function restWhenIdle() {
    let activeMs = Date.now();
    let resting = null;
    const awake = () => {
      activeMs = Date.now();
      if (!resting) return;
      resting.remove();
      resting = null;
      start();
    };
    for (const kind of ["mousemove", "mousedown", "keydown", "wheel", "touchstart"]) {
      addEventListener(kind, awake, { passive: true });
    }
    setInterval(() => {
      if (resting || !order || Date.now() - activeMs < config.idleMs) return;
      resting = overlay("idle", "长时间无操作，已暂停播放");
      order("stop");
    }, Math.min(1000, config.idleMs / 4));
  }

  // A player's stream is no media request: its script fetches it.
  async function play() {
    const answer = await fetch(`/media/${config.roomId}.flv`).catch(() => null);
    const reader = answer?.body?.getReader();
    while (reader && !(await reader.read().catch(() => ({ done: true }))).done);
  }

  // Deeper than the parser's stack: the renderer is gone, at once and without much memory.
  const crash = () => document.querySelector(":is(".repeat(100000));

  if (config.live) play();
  if (config.popup) popUp();
  if (config.live && !(config.popup && config.popupHolds)) start();
  if (config.idleMs) restWhenIdle();
  if (config.reloadAfterMs) setTimeout(() => location.reload(), config.reloadAfterMs);
  if (config.crashAfterMs) setTimeout(crash, config.crashAfterMs);
})();
