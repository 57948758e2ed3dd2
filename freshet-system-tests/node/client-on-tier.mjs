// The official client against the reactive tier alone, with counters and a chat. Argument: URL. Prints one line of JSON.
import { BaseConvexClient } from "convex/browser";
import WebSocket from "ws";
import {
  api,
  countingWebSocket,
  failureOf,
  httpClient,
  openClient,
  startProxy,
  unsignedToken,
  until,
  watch,
} from "./official-client.mjs";

const [url] = process.argv.slice(2);

async function updateBeforePromise() {
  const client = openClient(url);
  const seen = watch(client, api.counter.read, { name: "first" });
  await until("the first value", () => seen.values.length === 1);
  const order = [];
  client.onUpdate(api.counter.read, { name: "first" }, (value) => order.push(`value ${value}`));
  await until("the second callback", () => order.length === 1);
  const result = await client.mutation(api.counter.add, { name: "first", by: 1 }).then((value) => {
    order.push("resolved");
    return value;
  });
  await until("the changed value", () => seen.values.at(-1) === 1);
  await client.close();
  return { result, order, values: seen.values, errors: seen.errors.length };
}

/** Everything a component would have rendered while an optimistic update became the real one. */
async function optimisticUpdate() {
  const shown = [];
  const args = { name: "optimistic" };
  const client = new BaseConvexClient(url, () => shown.push(client.localQueryResult("counter:read", args)), {
    webSocketConstructor: WebSocket,
    logger: false,
    unsavedChangesWarning: false,
  });
  client.subscribe("counter:read", args);
  await until("the first value", () => shown.at(-1) === 0);
  await Promise.all(
    [1, 2, 3].map(() =>
      client.mutation(
        "counter:add",
        { ...args, by: 1 },
        {
          optimisticUpdate: (store) =>
            store.setQuery(api.counter.read, args, store.getQuery(api.counter.read, args) + 1),
        },
      ),
    ),
  );
  await client.close();
  return { shown };
}

async function errors() {
  const client = openClient(url);
  const http = httpClient(url);
  const refused = watch(client, api.example.refuse, {});
  const unknown = watch(client, api.example.lost, {});
  await until("two errors", () => refused.errors.length === 1 && unknown.errors.length === 1);
  const args = { name: "errors", by: 1 };
  const result = {
    query: refused.errors[0].data,
    mutation: (await failureOf(client.mutation(api.counter.addAndFail, args))).data,
    httpQuery: (await failureOf(http.query(api.example.refuse, {}))).data,
    httpMutation: (await failureOf(http.mutation(api.counter.addAndFail, args))).data,
    unknownQuery: unknown.errors[0].message,
    unknownMutation: (await failureOf(client.mutation(api.example.lost, {}))).message,
    unknownAction: (await failureOf(client.action(api.example.lost, {}))).message,
    unknownHttp: (await failureOf(http.query(api.example.lost, {}))).message,
    wrongArguments: (await failureOf(client.mutation(api.counter.add, { name: 3n }))).message,
    // The socket has outlived all of it.
    after: await client.mutation(api.counter.add, args),
  };
  await client.close();
  return result;
}

async function overHttp() {
  const http = httpClient(url);
  const values = await http.query(api.example.values, {});
  return {
    mutation: await http.mutation(api.counter.add, { name: "http", by: 1.5 }),
    action: await http.action(api.counter.addByAction, { name: "http", by: 1 }),
    query: await http.query(api.counter.read, { name: "http" }),
    consistent: await http.consistentQuery(api.counter.read, { name: "http" }),
    int64: String(values.int64),
    notANumber: Number.isNaN(values.notANumber),
    bytes: new Uint8Array(values.bytes).length,
  };
}

async function actionAndTwoClients() {
  const [ada, grace] = [openClient(url), openClient(url)];
  const [adaSees, graceSees] = [ada, grace].map((client) => watch(client, api.chat.list, {}));
  await ada.mutation(api.chat.send, { body: "hello" });
  await until("hello at Grace's", () => graceSees.values.at(-1)?.length === 1);
  await grace.mutation(api.chat.send, { body: "hello yourself" });
  await until("the answer at Ada's", () => adaSees.values.at(-1)?.length === 2);
  const byAction = await ada.action(api.counter.addByAction, { name: "action", by: 4 });
  await Promise.all([ada.close(), grace.close()]);
  return { ada: adaSees.values.at(-1), grace: graceSees.values.at(-1), byAction };
}

/** The server's answer is lost with the connection; the client sends the mutation again. */
async function cutInTheMiddleOfAMutation() {
  const proxy = await startProxy(url);
  const { sent, webSocketConstructor } = countingWebSocket();
  const client = openClient(proxy.url, webSocketConstructor);
  const http = httpClient(url);
  const args = { name: "cut" };
  const seen = watch(client, api.counter.read, args);
  await until("the first value", () => seen.values.length === 1);
  proxy.state.keepsAnswersBack = true;
  const promise = client.mutation(api.counter.add, { ...args, by: 1 });
  await until("the mutation on the server", async () => (await http.query(api.counter.read, args)) === 1);
  const shownBeforeTheCut = seen.values.at(-1);
  proxy.cut();
  proxy.state.keepsAnswersBack = false;
  const result = await promise;
  await until("the changed value", () => seen.values.at(-1) === 1);
  await client.close();
  proxy.close();
  return {
    result,
    mutationsSent: sent.Mutation,
    connections: proxy.state.connections,
    lostBytes: proxy.state.bytesKeptBack,
    shownBeforeTheCut,
    values: seen.values,
    errors: seen.errors.length,
    stored: await http.query(api.counter.read, args),
  };
}

async function expiredToken() {
  const client = openClient(url);
  const changes = [];
  const fetched = [];
  const seen = watch(client, api.example.who, {});
  client.setAuth(
    async ({ forceRefreshToken }) => {
      fetched.push(forceRefreshToken);
      return unsignedToken("ada", forceRefreshToken ? 3600 : -30);
    },
    (isAuthenticated) => changes.push(isAuthenticated),
  );
  await until("ada", () => seen.values.at(-1) === "ada");
  await until("the confirmation", () => changes.length > 0);
  await client.close();
  return { fetchedByForce: fetched.includes(true), changes, values: seen.values, errors: seen.errors.length };
}

/** Each of the server's results is more than two of its messages may hold. */
async function largeResult() {
  const types = [];
  class ListeningWebSocket extends WebSocket {
    constructor(...args) {
      super(...args);
      this.on("message", (text) => types.push(JSON.parse(text).type));
    }
  }
  const client = openClient(url, ListeningWebSocket);
  const args = { name: "large" };
  const seen = watch(client, api.example.large, args);
  await until("the large result", () => seen.values.length === 1);
  await client.mutation(api.counter.add, { ...args, by: 1 });
  await until("the changed one", () => seen.values.length === 2);
  await client.close();
  const part = "x\u00e9\u20ac\ud834\udd1e";
  return {
    types: types.filter((type) => type !== "Ping"),
    lengths: seen.values.map((value) => value.length),
    isWhole: seen.values.every((value, count) => value === `${part.repeat(1_200_000)}${count}.0`),
    errors: seen.errors.length,
    toOlderClients: await Promise.all(["/api/1.27.9/sync", "/api/sync"].map(firstType)),
  };
}

/** What a client that says that it is older gets first, for the same. */
async function firstType(path) {
  const webSocket = new WebSocket(url.replace("http", "ws") + path, { maxPayload: 0 });
  const heard = new Promise((resolve, reject) => {
    webSocket.on("message", (text) => resolve(JSON.parse(text).type));
    webSocket.on("error", reject);
  });
  await new Promise((resolve) => webSocket.on("open", resolve));
  const query = { type: "Add", queryId: 0, udfPath: "example:large", args: [{ name: "large" }] };
  webSocket.send(JSON.stringify({ type: "Connect", sessionId: path, connectionCount: 0 }));
  webSocket.send(JSON.stringify({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications: [query] }));
  const type = await heard;
  webSocket.terminate();
  return type;
}

const report = {};
await Promise.all(
  Object.entries({ updateBeforePromise, optimisticUpdate, errors, overHttp, actionAndTwoClients, cutInTheMiddleOfAMutation, expiredToken, largeResult }).map(
    async ([name, check]) => {
      report[name] = await check();
    },
  ),
);
console.log(JSON.stringify(report));
process.exit(0);
