// The official client against the reactive tier alone, cut off at the worst moments. Argument: URL. Prints one line of JSON.
import WebSocket from "ws";
import { api, failureOf, httpClient, openClient, startProxy, unsignedToken, until, watch } from "./official-client.mjs";

const [url] = process.argv.slice(2);

/** Keeps what goes over its sockets, one list a socket; `onHeard` may keep a message from the client by returning false. */
function recordingWebSocket(onHeard = () => true) {
  const sockets = [];
  class RecordingWebSocket extends WebSocket {
    constructor(...args) {
      super(...args);
      this.record = { sent: [], heard: [] };
      sockets.push(this.record);
    }

    send(text, ...rest) {
      this.record.sent.push(JSON.parse(text));
      super.send(text, ...rest);
    }

    get onmessage() {
      return super.onmessage;
    }

    set onmessage(listener) {
      super.onmessage = (event) => {
        const message = JSON.parse(event.data);
        this.record.heard.push(message);
        if (onHeard(message, this, () => listener(event))) listener(event);
      };
    }
  }
  const sent = (type) => sockets.flatMap((socket) => socket.sent.filter((message) => message.type === type));
  const heard = (type) => sockets.flatMap((socket) => socket.heard.filter((message) => message.type === type));
  return { sockets, sent, heard, webSocketConstructor: RecordingWebSocket };
}

/** Whether the promise is settled, or is a moment later. */
async function isSettled(promise) {
  const late = new Promise((resolve) => setTimeout(() => resolve(false), 150));
  return Promise.race([promise.then(() => true), late]);
}

async function takeDown(proxy, client) {
  proxy.state.isDown = true;
  proxy.cut();
  await until("the end of the connection", () => !client.connectionState().isWebSocketConnected);
}

/** The response comes, and the socket is cut before the Transition that lets the promise resolve. */
async function cutBetweenResponseAndTransition() {
  const args = { name: "between" };
  let isCut = false;
  const recording = recordingWebSocket((message, socket, deliver) => {
    if (socket.record.isDead) return false;
    if (isCut || message.type !== "MutationResponse") return true;
    isCut = true;
    socket.record.isDead = true;
    deliver();
    holdReconnect.then(() => socket.terminate());
    return false;
  });
  let reconnect;
  const holdReconnect = new Promise((resolve) => (reconnect = resolve));
  const client = openClient(url, recording.webSocketConstructor);
  const seen = watch(client, api.counter.read, args);
  await until("the first value", () => seen.values.length === 1);
  const promise = client.mutation(api.counter.add, { ...args, by: 1 });
  await until("the response", () => isCut);
  const resolvedByTheResponse = await isSettled(promise);
  reconnect();
  const result = await promise;
  await until("the changed value", () => seen.values.at(-1) === 1);
  await until("the response to the re-sent mutation", () => recording.heard("MutationResponse").length === 2);
  const timestamps = recording.heard("MutationResponse").map(({ ts }) => ts);
  await client.close();
  return {
    resolvedByTheResponse,
    result,
    mutationsSent: recording.sent("Mutation").length,
    responses: timestamps.length,
    isTheOldTimestamp: new Set(timestamps).size === 1,
    values: seen.values,
    stored: await httpClient(url).query(api.counter.read, args),
  };
}

/** An action that is under way fails and is not sent again; one that was not sent yet is sent after the reconnect. */
async function actions() {
  const proxy = await startProxy(url);
  const recording = recordingWebSocket();
  const client = openClient(proxy.url, recording.webSocketConstructor);
  const http = httpClient(url);
  const seen = watch(client, api.counter.read, { name: "under way" });
  await until("the first value", () => seen.values.length === 1);
  proxy.state.keepsAnswersBack = true;
  const underWay = client.action(api.counter.addByAction, { name: "under way", by: 1 });
  await until("the action on the server", async () => (await http.query(api.counter.read, { name: "under way" })) === 1);
  await takeDown(proxy, client);
  const failure = failureOf(underWay);
  proxy.state.keepsAnswersBack = false;
  const unsent = client.action(api.counter.addByAction, { name: "unsent", by: 2 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const sentWhileDown = recording.sent("Action").length;
  proxy.state.isDown = false;
  const result = await unsent;
  await until("the changed value", () => seen.values.at(-1) === 1);
  await client.close();
  proxy.close();
  return {
    failure: (await failure).message,
    sentWhileDown,
    sent: recording.sent("Action").map(({ args }) => args[0].name),
    result,
    stored: await http.query(api.counter.read, { name: "under way" }),
  };
}

/** What is asked for while there is no connection goes in order once there is, and its first Transition carries all. */
async function offline() {
  const proxy = await startProxy(url);
  const recording = recordingWebSocket();
  const client = openClient(proxy.url, recording.webSocketConstructor);
  const first = watch(client, api.counter.read, { name: "offline 0" });
  await until("the first value", () => first.values.length === 1);
  await takeDown(proxy, client);
  const names = [1, 2, 3].map((number) => `offline ${number}`);
  const later = names.map((name) => watch(client, api.counter.read, { name }));
  const mutations = ["a", "b", "c"].map((body) => client.mutation(api.chat.send, { body: `offline ${body}` }));
  const order = [];
  mutations.forEach((mutation, index) => mutation.then(() => order.push(index)));
  await new Promise((resolve) => setTimeout(resolve, 300));
  proxy.state.isDown = false;
  await Promise.all(mutations);
  await until("all values", () => later.every(({ values }) => values.length === 1));
  const last = recording.sockets.at(-1);
  const bodies = await httpClient(url).query(api.chat.list, {});
  await client.close();
  proxy.close();
  return {
    sent: last.sent.filter(({ type }) => type !== "Event").map(({ type }) => type),
    requestIds: last.sent.filter(({ type }) => type === "Mutation").map(({ requestId }) => requestId),
    added: last.sent.find(({ type }) => type === "ModifyQuerySet").modifications.length,
    inFirstTransition: last.heard.find(({ type }) => type === "Transition").modifications.length,
    order,
    bodies: bodies.filter((body) => body.startsWith("offline")),
    errors: [first, ...later].flatMap(({ errors }) => errors).length,
  };
}

/** The first token takes long to verify, the second is no good: the client fetches another and is who that says. */
async function twoAuthenticates() {
  const recording = recordingWebSocket();
  const client = openClient(url, recording.webSocketConstructor);
  const changes = [];
  const seen = watch(client, api.example.who, {});
  await until("nobody", () => seen.values.at(-1) === "nobody");
  client.setAuth(async () => unsignedToken("slow", 3600));
  await until("the first Authenticate", () => recording.sent("Authenticate").length === 1);
  client.setAuth(
    async ({ forceRefreshToken }) => unsignedToken(forceRefreshToken ? "grace" : "bad", 3600),
    (isAuthenticated) => changes.push(isAuthenticated),
  );
  await until("the second", () => recording.sent("Authenticate").length === 2);
  await until("grace", () => seen.values.at(-1) === "grace");
  await until("the confirmation", () => changes.at(-1) === true);
  const result = {
    firstSocket: recording.sockets[0].sent.filter(({ type }) => type === "Authenticate").length,
    authErrors: recording.heard("AuthError").map(({ authUpdateAttempted }) => authUpdateAttempted),
    changes,
    written: await client.mutation(api.example.whoWrites, {}),
    shown: [...new Set(seen.values)],
    errors: seen.errors.length,
  };
  await client.close();
  return result;
}

const report = {};
await Promise.all(
  Object.entries({ cutBetweenResponseAndTransition, actions, offline, twoAuthenticates }).map(async ([name, check]) => {
    report[name] = await check();
  }),
);
console.log(JSON.stringify(report));
process.exit(0);
