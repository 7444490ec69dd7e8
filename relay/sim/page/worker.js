"use strict";
// Holds the page's connection in a worker. The first message is the configuration.
let feed = null;
self.onmessage = ({ data }) => {
  if (data.config) {
    self.simConfig = data.config;
    importScripts("md5.js", "sdk.js", "wire.js", "feed.js");
    feed = new self.SimFeed(data.config, (state) => self.postMessage(state));
  }
  feed[data.order]();
};
