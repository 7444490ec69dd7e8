"use strict";
// The page's messages: a push socket with heartbeats and acks, or polling; in a window or a worker.
self.SimFeed = class {
  // `report` is told the state after each change.
  constructor(config, report) {
    this.config = config;
    this.report = () => report(this.state);
    this.state = {
      transport: "", opens: 0, refused: 0, frames: 0, unreadable: 0, messages: 0, acks: 0,
      heartbeats: 0, polls: 0, ended: false, stopped: true,
    };
    this.cursor = "";
    this.internalExt = "";
    this.socket = null;
    this.tried = 0;
    this.run = 0;
  }

  async start() {
    this.run += 1;
    const run = this.run;
    this.state.stopped = false;
    const { transport } = this.config;
    if (transport !== "poll") {
      // The first answer says where the socket goes on.
      await this.poll();
      if (run !== this.run) return;
      this.connect(run);
    }
    if (transport !== "socket") this.keepPolling(run);
  }

  stop() {
    this.run += 1;
    this.state.stopped = true;
    if (this.socket) this.socket.close();
    this.report();
  }

  query(more) {
    return new URLSearchParams([
      ["app_name", "douyin_web"], ["version_code", "180800"], ["webcast_sdk_version", "1.0.15"],
      ["update_version_code", "1.0.15"], ["compress", "gzip"], ["device_platform", "web"],
      ["cookie_enabled", "true"], ["screen_width", "1920"], ["screen_height", "1080"],
      ["browser_language", navigator.language], ["browser_platform", navigator.platform],
      ["browser_name", navigator.userAgent.split("/")[0]],
      ["browser_version", navigator.userAgent.slice(navigator.userAgent.indexOf("/") + 1)],
      ["browser_online", "true"], ["tz_name", "Asia/Shanghai"],
      ["cursor", this.cursor], ["internal_ext", this.internalExt],
      ["host", "https://live.douyin.com"], ["aid", "6383"], ["live_id", "1"], ["did_rule", "3"],
      ["endpoint", "live_pc"], ["support_wrds", "1"],
      ["user_unique_id", this.config.userUniqueId], ["im_path", "/webcast/im/fetch/"],
      ["identity", "audience"], ["need_persist_msg_count", "15"], ["insert_task_id", ""],
      ["live_reason", ""], ["room_id", this.config.roomId], ...more,
    ]);
  }

  signature() {
    if (!self.byted_acrawler) return "";
    const stub = [
      "live_id=1", "aid=6383", "version_code=180800", "webcast_sdk_version=1.0.15",
      `room_id=${this.config.roomId}`, "sub_room_id=", "sub_channel_id=", "did_rule=3",
      `user_unique_id=${this.config.userUniqueId}`, "device_platform=web", "device_type=", "ac=",
      "identity=audience",
    ].join(",");
    return self.byted_acrawler.frontierSign({ "X-MS-STUB": self.simMd5(stub) })["X-Bogus"];
  }

  connect(run) {
    const { pushUrls, heartbeatMs, retryMs } = this.config;
    const host = pushUrls[this.tried % pushUrls.length];
    const query = this.query([["heartbeatDuration", "0"], ["signature", this.signature()]]);
    const socket = new WebSocket(`${host}/webcast/im/push/v2/?${query}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    let opened = false;
    let beating = 0;
    let read = Promise.resolve();
    const beat = () => {
      socket.send(self.simWire.heartbeat);
      this.state.heartbeats += 1;
    };
    socket.onopen = () => {
      opened = true;
      this.state.opens += 1;
      this.state.transport = "socket";
      beat();
      beating = setInterval(beat, heartbeatMs);
      this.report();
    };
    socket.onmessage = (event) => {
      read = read.then(() => this.take(socket, new Uint8Array(event.data)));
    };
    socket.onclose = () => {
      clearInterval(beating);
      if (run !== this.run || this.state.ended) return;
      if (opened) {
        setTimeout(() => run === this.run && this.connect(run), retryMs);
        return;
      }
      this.state.refused += 1;
      this.tried += 1;
      if (this.state.refused < pushUrls.length) this.connect(run);
      else if (this.config.transport === "socket") this.keepPolling(run);
      this.report();
    };
  }

  async take(socket, bytes) {
    let frame;
    try {
      frame = await self.simWire.pushFrame(bytes);
    } catch {
      this.state.unreadable += 1;
      this.report();
      return;
    }
    if (frame.type === "close") socket.close();
    if (!frame.response) return;
    this.state.frames += 1;
    if (frame.response.needAck && socket.readyState === WebSocket.OPEN) {
      socket.send(self.simWire.ack(frame.logid, frame.response.internalExt));
      this.state.acks += 1;
    }
    this.absorb(frame.response);
  }

  absorb(response) {
    this.cursor = response.cursor;
    this.internalExt = response.internalExt;
    this.state.messages += response.messages.length;
    if (response.messages.some((message) => message.ends)) {
      this.state.ended = true;
      this.stop();
    }
    this.report();
  }

  // Gives the milliseconds until the next poll.
  async poll() {
    const query = this.query([
      ["resp_content_type", "protobuf"], ["fetch_rule", "1"], ["last_rtt", "0"],
    ]);
    try {
      const answer = await fetch(`/webcast/im/fetch/?${query}`);
      const body = new Uint8Array(await answer.arrayBuffer());
      this.state.polls += 1;
      if (!answer.ok || !body.length) return this.config.retryMs;
      const response = self.simWire.response(body);
      this.absorb(response);
      return response.fetchIntervalMs;
    } catch {
      this.state.unreadable += 1;
      return this.config.retryMs;
    }
  }

  async keepPolling(run) {
    this.state.transport = this.state.transport || "poll";
    while (run === this.run) {
      const waitMs = await this.poll();
      await new Promise((done) => { setTimeout(done, waitMs); });
    }
  }
};
