// What is compressed on sync sockets, and what bad compression leads to. Arguments: "compressed", or "plain" for a server that does
// not compress, and its URL. Prints one line of JSON.
import { connect } from "node:net";
import WebSocket from "ws";
import { api, openClient, until, watch } from "./official-client.mjs";

const [kind, url] = process.argv.slice(2);
const mebibytes = 1 << 20;

function open(options, onUpgrade = () => {}) {
  const webSocket = new WebSocket(`${url.replace("http", "ws")}/api/1.48.0/sync`, options);
  return new Promise((resolve, reject) => {
    webSocket.on("upgrade", onUpgrade);
    webSocket.on("open", () => resolve(webSocket));
    webSocket.on("error", reject);
  });
}

async function negotiated(options) {
  let extensions;
  const webSocket = await open(options, ({ headers }) => {
    extensions = headers["sec-websocket-extensions"] ?? "";
  });
  webSocket.terminate();
  return extensions;
}

/** The close code after these messages, or what else became of the socket. */
async function closeAfter(send, options = {}) {
  const webSocket = await open(options);
  const closed = new Promise((resolve) => {
    webSocket.on("close", resolve);
    webSocket.on("error", () => {});
  });
  send(webSocket);
  return closed;
}

/** What the official client gets, and how many bytes came for it. */
async function throughTheOfficialClient() {
  let socket;
  class KeptWebSocket extends WebSocket {
    constructor(...args) {
      super(...args);
      socket = this;
    }
  }
  const client = openClient(url, KeptWebSocket);
  const large = watch(client, api.sample.repeat, { text: "to be compressed ", count: 100_000 });
  const small = watch(client, api.sample.repeat, { text: "a", count: 3 });
  await until("both results", () => large.values.length === 1 && small.values.length === 1);
  const bytesReceived = socket._socket.bytesRead;
  await client.mutation(api.sample.write, { text: "x".repeat(100_000) });
  const result = {
    isWhole: large.values[0] === "to be compressed ".repeat(100_000) && small.values[0] === "aaa",
    bytesReceived,
    bytesSent: socket._socket.bytesWritten,
    errors: large.errors.length + small.errors.length,
  };
  await client.close();
  return result;
}

/** A handshake by hand, and a frame that says that it is compressed and is not. */
function rawSocket(extensions, frame) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let heard = Buffer.alloc(0);
    let sent = false;
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      heard = Buffer.concat([heard, bytes]);
      const end = heard.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = heard.subarray(0, end).toString();
      if (frame === undefined) {
        socket.destroy();
        resolve(head);
      } else if (!sent) {
        sent = true;
        socket.write(frame);
      }
    });
    socket.on("close", () => {
      if (frame === undefined) return;
      const frames = heard.subarray(heard.indexOf("\r\n\r\n") + 4);
      resolve({ opcode: frames[0] & 15, code: frames.readUInt16BE(2) });
    });
    socket.write(
      "GET /api/1.48.0/sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: ${extensions}\r\n\r\n`,
    );
  });
}

const report = {
  asked: await negotiated({}),
  notAsked: await negotiated({ perMessageDeflate: false }),
  client: await throughTheOfficialClient(),
  perFrame: /sec-websocket-extensions/i.test(await rawSocket("x-webkit-deflate-frame")),
};

function inPieces(webSocket) {
  for (let piece = 0; piece < 4; piece++) webSocket.send("0".repeat(20 * mebibytes), { fin: piece === 3 });
}

async function bombs() {
  const bystander = openClient(url);
  const seen = watch(bystander, api.sample.count, {});
  await until("the bystander's first value", () => seen.values.length === 1);
  report.bomb = await closeAfter((webSocket) => webSocket.send("0".repeat(64 * mebibytes)));
  report.bombInPieces = await closeAfter(inPieces);
  report.hugeBomb = await closeAfter((webSocket) => webSocket.send("0".repeat(400 * mebibytes)));
  report.notCompressed = await rawSocket(
    "permessage-deflate",
    Buffer.from([0xc1, 0x84, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
  );
  await bystander.mutation(api.sample.write, { text: "still there" });
  await until("the bystander's next value", () => seen.values.at(-1) > seen.values[0]);
  report.bystander = { errors: seen.errors.length, connections: bystander.connectionState().connectionCount };
  await bystander.close();
}

if (kind === "compressed") await bombs();
// Where much is unread when the server closes, the system may cut the socket off before the code has come.
report.piecesNotCompressed = await closeAfter(inPieces, { perMessageDeflate: false });
console.log(JSON.stringify(report));
process.exit(0);
