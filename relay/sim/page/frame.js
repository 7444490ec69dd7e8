"use strict";
// Holds the page's connection in a frame, which is told what to do by the page.
(() => {
  const feed = new self.SimFeed(self.simConfig, (state) => parent.postMessage(state, "*"));
  addEventListener("message", ({ data }) => feed[data]());
})();
