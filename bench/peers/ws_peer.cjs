// ws' send(), for each client and event: node ws_peer.cjs PORT FEED_PORT
const { WebSocketServer } = require("ws");
const feed = require("./feed.cjs");

const [port, feedPort] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ host: "127.0.0.1", port, perMessageDeflate: false });
server.on("listening", () => {
  console.log("ready");
  feed(feedPort, (events) => {
    for (const event of events) for (const client of server.clients) client.send(event);
  });
});
