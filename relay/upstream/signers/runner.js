// Runs a user's JavaScript signer under Node; started by script.py. One JSON object a line comes in
// on standard input, one goes out on standard output.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");
const vm = require("vm");

const file = path.resolve(process.argv[2]);
const answer = (document) => process.stdout.write(JSON.stringify(document) + "\n");
// What the script prints must not stand among the answers.
for (const level of ["log", "info", "debug"]) console[level] = console.error;

globalThis.require = require("module").createRequire(file);
globalThis.module = { exports: {} };
globalThis.exports = globalThis.module.exports;
let broken = "";
try {
  vm.runInThisContext(fs.readFileSync(file, "utf8"), { filename: file });
} catch (error) {
  broken = String(error);
}

function find(name) {
  const exported = globalThis.module.exports;
  const found = (exported && exported[name]) || globalThis[name];
  return typeof found === "function" ? found : null;
}

async function sign(request) {
  if (broken) throw new Error(broken);
  const whole = find(request.kind === "ws" ? "sign_socket" : "sign_http");
  if (whole) return whole(request);
  const stub = find("get_sign");
  if (request.kind === "ws" && stub) return { signature: await stub(request.x_ms_stub) };
  throw new Error(`it has no function ${request.kind === "ws" ? "sign_socket or get_sign" : "sign_http"}`);
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  try {
    answer((await sign(JSON.parse(line))) ?? {});
  } catch (error) {
    answer({ error: String((error && error.message) || error) });
  }
});
