// The plain fan-out that `./freshet bench sockets` compares with: one counter, any message counts one further, and every
// socket is told. No functions, no transactions, no subscriptions.
import { WebSocketServer } from "ws";

let value = 0;
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, backlog: 1024 });
server.on("connection", (socket) => {
  socket.on("message", () => {
    value += 1;
    const text = JSON.stringify({ value });
    for (const each of server.clients) {
      each.send(text);
    }
  });
});
server.on("listening", () => console.log(`ready http://127.0.0.1:${server.address().port}`));
