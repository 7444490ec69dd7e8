// Batches of events as the feeder sends them; used by the peers on Node.
const net = require("net");

module.exports = (port, take) => {
  let rest = Buffer.alloc(0);
  const socket = net.connect(port, "127.0.0.1");
  socket.on("data", (data) => {
    rest = rest.length ? Buffer.concat([rest, data]) : data;
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const end = 4 + rest.readUInt32BE(0);
      take(rest.toString("utf8", 4, end).split("\n"));
      rest = rest.subarray(end);
    }
  });
  socket.on("close", () => process.exit(0));
};
