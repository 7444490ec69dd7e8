"use strict";
// As much of the wire format as the page needs: reads protobuf fields, inflates, writes acks.
self.simWire = (() => {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();

  // Gives [number, value] of each field: a BigInt for a varint, bytes for what has a length.
  function* fields(bytes) {
    let at = 0;
    const varint = () => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        if (at >= bytes.length) throw new RangeError("cut off");
        const byte = bytes[at];
        at += 1;
        value |= BigInt(byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const key = Number(varint());
      const kind = key & 7;
      if (kind === 0) {
        yield [key >>> 3, varint()];
      } else {
        const size = kind === 2 ? Number(varint()) : { 1: 8, 5: 4 }[kind];
        if (!(at + size <= bytes.length)) throw new RangeError("cut off");
        yield [key >>> 3, bytes.subarray(at, at + size)];
        at += size;
      }
    }
  }

  function response(bytes) {
    const found = { messages: [], cursor: "", internalExt: "", fetchIntervalMs: 0, needAck: false };
    for (const [number, value] of fields(bytes)) {
      if (number === 1) found.messages.push(message(value));
      if (number === 2) found.cursor = decoder.decode(value);
      if (number === 3) found.fetchIntervalMs = Number(value);
      if (number === 5) found.internalExt = decoder.decode(value);
      if (number === 9) found.needAck = value !== 0n;
    }
    return found;
  }

  function message(bytes) {
    const found = { method: "", ends: false };
    let payload = bytes.subarray(0, 0);
    for (const [number, value] of fields(bytes)) {
      if (number === 1) found.method = decoder.decode(value);
      if (number === 2) payload = value;
    }
    if (found.method === "WebcastControlMessage") {
      for (const [number, value] of fields(payload)) {
        if (number === 2) found.ends = value === 3n || value === 4n;
      }
    }
    return found;
  }

  async function inflated(bytes) {
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  async function pushFrame(bytes) {
    const found = { logid: 0n, type: "", response: null };
    let payload = null;
    for (const [number, value] of fields(bytes)) {
      if (number === 2) found.logid = value;
      if (number === 7) found.type = decoder.decode(value);
      if (number === 8) payload = value;
    }
    if (found.type === "msg" && payload) found.response = response(await inflated(payload));
    return found;
  }

  function varint(value) {
    const out = [];
    for (let left = value; ; left >>= 7n) {
      if (left < 128n) return [...out, Number(left)];
      out.push(Number(left & 127n) | 128);
    }
  }

  function ack(logid, internalExt) {
    const text = encoder.encode(internalExt);
    const head = [0x10, ...varint(logid), 0x3a, 3, ...encoder.encode("ack")];
    return new Uint8Array([...head, 0x42, ...varint(BigInt(text.length)), ...text]);
  }

  const heartbeat = new Uint8Array([0x3a, 0x02, 0x68, 0x62]);
  return { response, pushFrame, ack, heartbeat };
})();
