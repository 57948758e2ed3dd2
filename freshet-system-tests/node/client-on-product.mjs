// The official client against the whole product. Says when the server may be killed and started again on the same port.
// Arguments: URL, e-mail, password, write key. Prints one line of JSON.
import { api, failureOf, httpClient, openClient, statusOf, until, watch } from "./official-client.mjs";

const [url, email, password, writeKey] = process.argv.slice(2);

async function postJson(path, body, headers = {}) {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

async function signIn() {
  const response = await postJson("/auth/login", { email, password });
  if (response.status !== 200) throw new Error(`sign-in was answered ${response.status}: ${await response.text()}`);
  return (await response.json()).token;
}

async function sendEvents(count) {
  const events = Array.from({ length: count }, (_, index) => ({
    event_type: "page_view",
    name: "/pricing",
    user_id: `user${index}`,
  }));
  const response = await postJson("/v1/events", events, { authorization: `Bearer ${writeKey}` });
  if (response.status !== 202) throw new Error(`events were answered ${response.status}: ${await response.text()}`);
}

const good = await signIn();
const [header, payload, signature] = good.split(".");
/** A good token whose time is over; its signature does not fit any more, and that is how it is found out. */
const claims = JSON.parse(Buffer.from(payload, "base64url"));
const expired = [
  header,
  Buffer.from(JSON.stringify({ ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 })).toString("base64url"),
  signature,
].join(".");
const metric = { metric: { kind: "count", match: {} }, range: { lastSeconds: 3600 } };

async function authentication(fetchToken) {
  const client = openClient(url);
  const changes = [];
  client.setAuth(fetchToken, (isAuthenticated) => changes.push(isAuthenticated));
  await until("the client's verdict", () => changes.length > 0);
  const seen = watch(client, api.users.me, {});
  await until("an answer", () => seen.values.length + seen.errors.length > 0);
  const result = { changes, email: seen.values[0]?.email, error: seen.errors[0]?.data?.code };
  await client.close();
  return result;
}

const report = {
  good: await authentication(async () => good),
  bad: await authentication(async () => "not.a.token"),
  expired: await authentication(async ({ forceRefreshToken }) => (forceRefreshToken ? good : expired)),
};

/** The first answer is waited for up to a second; a busy machine may need another. */
async function liveOverHttp() {
  let value = null;
  await until("an answer over HTTP", async () => (value = await member.query(api.metrics.live, metric))?.total === 3);
  return value;
}

const anonymous = httpClient(url);
const member = httpClient(url);
member.setAuth(good);
await sendEvents(3);
report.http = {
  me: (await member.query(api.users.me, {})).email,
  total: (await liveOverHttp()).total,
  anonymous: (await failureOf(anonymous.query(api.users.me, {}))).data.code,
  invalid: (await failureOf(member.query(api.metrics.live, { metric: { kind: "guess" } }))).data.code,
  unknown: (await failureOf(member.query(api.metrics.dead, {}))).message,
  badToken: await statusOf(
    await postJson("/api/query", { path: "users:me", args: {} }, { authorization: "Bearer not.a.token" }),
  ),
  badBody: await statusOf(await postJson("/api/query", [])),
  byGet: await (
    await fetch(`${url}/api/query?path=users:me&args=${encodeURIComponent("{}")}`, {
      headers: { authorization: `Bearer ${good}` },
    })
  ).json(),
  byRun: await (
    await postJson("/api/run/users/me", { args: {} }, { authorization: `Bearer ${good}`, origin: "https://example.com" })
  ).json(),
  debugEvent: (await postJson("/api/debug_event", { event: {} })).status,
  doubleSlash: (await fetch(`${url}//api/query?path=users:me`)).status,
  notASocket: (await fetch(`${url}/api/1.48.0/sync`)).status,
};
const preflight = await fetch(`${url}/api/mutation`, {
  method: "OPTIONS",
  headers: { origin: "https://example.com", "access-control-request-headers": "authorization,content-type" },
});
report.preflight = {
  status: preflight.status,
  origin: preflight.headers.get("access-control-allow-origin"),
  headers: preflight.headers.get("access-control-allow-headers"),
  credentials: preflight.headers.get("access-control-allow-credentials"),
  maxAge: preflight.headers.get("access-control-max-age"),
};

// What comes in, and what is refused, shows in open subscriptions.
const watcher = openClient(url);
watcher.setAuth(async () => good);
const recent = watch(watcher, api.ingest.recent, { limit: 2 });
const rejected = watch(watcher, api.ingest.rejected, { paginationOpts: { numItems: 10, cursor: null, id: 7 } });
await until("the last events", () => recent.values.at(-1)?.length === 2);
await until("the page of dead letters", () => rejected.values.at(-1)?.isDone === true);
const before = rejected.values.at(-1).page.length;
const mixed = await postJson(
  "/v1/events",
  [{ event_type: "feature_used", name: "just now", user_id: "ada" }, { event_type: "click", user_id: "ada" }],
  { authorization: `Bearer ${writeKey}` },
);
await until("the new event", () => recent.values.at(-1)?.[0].name === "just now");
await until("the new dead letter", () => rejected.values.at(-1).page.length > before);
report.arrivals = {
  status: mixed.status,
  before,
  newest: recent.values.at(-1).map((event) => event.name),
  letter: rejected.values.at(-1).page.map((letter) => [letter.dialect, letter.code, letter.body]),
  errors: [...recent.errors, ...rejected.errors].map(String),
};
await watcher.close();

// Two clients see the same change, and go on by themselves when the server is killed and comes back.
const clients = [openClient(url), openClient(url)];
clients.forEach((client) => client.setAuth(async () => good));
const seen = clients.map((client) => watch(client, api.metrics.live, metric));
const both = (total) => until(`total ${total}`, () => seen.every((one) => one.values.at(-1)?.total === total));
await both(4);
await sendEvents(2);
await both(6);
console.log("kill the server");
await until("the loss of the connection", () => clients.every((client) => !client.connectionState().isWebSocketConnected));
await until("the server", () => sendEvents(4).then(() => true, () => false));
await both(10);
report.restart = {
  errors: seen.flatMap((one) => one.errors).map(String),
  totals: seen.map((one) => one.values.filter((value) => value !== null).map((value) => value.total)),
  connections: clients.map((client) => client.connectionState().connectionCount),
};
await Promise.all(clients.map((client) => client.close()));
console.log(JSON.stringify(report));
process.exit(0);
