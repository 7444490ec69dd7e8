// uWebSockets.js' publish(), one call an event: node uws_peer.cjs PORT FEED_PORT [deflate]
const uws = require("@trufflesuite/uws-js-unofficial");
const feed = require("./feed.cjs");

const [port, feedPort] = process.argv.slice(2, 4).map(Number);
const deflate = process.argv[4] === "deflate";
const app = uws.App();
app.ws("/*", {
  compression: deflate ? uws.SHARED_COMPRESSOR : uws.DISABLED,
  maxBackpressure: 64 * 1024 * 1024,
  open: (client) => client.subscribe("room"),
});
app.listen("127.0.0.1", port, () => {
  console.log("ready");
  feed(feedPort, (events) => {
    for (const event of events) app.publish("room", event, false, deflate);
  });
});
