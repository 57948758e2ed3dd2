// The official client signed in by another issuer. Arguments: URL, the issuer's URL. Prints one line of JSON.
import { api, countingWebSocket, failureOf, httpClient, openClient, statusOf, until, watch } from "./official-client.mjs";

const [url, issuer] = process.argv.slice(2);

async function newToken(fields) {
  const response = await fetch(`${issuer}/token?${new URLSearchParams(fields)}`);
  if (response.status !== 200) throw new Error(`the issuer answered ${response.status}`);
  return response.text();
}

const withoutRepeats = (values) => values.filter((value, at) => value !== values[at - 1]);

async function signedIn() {
  const client = openClient(url);
  const changes = [];
  client.setAuth(() => newToken({ subject: "ada" }), (isAuthenticated) => changes.push(isAuthenticated));
  const identity = watch(client, api.sample.identity, {});
  const ofMembers = watch(client, api.users.me, {});
  await until("the identity", () => identity.values.at(-1)?.subject === "ada");
  await until("the refusal of what is for members", () => ofMembers.errors.at(-1)?.data?.code === "forbidden");
  await until("the confirmation", () => changes.length > 0);
  const http = httpClient(url);
  http.setAuth(await newToken({ subject: "grace" }));
  const overHttp = (await http.query(api.sample.identity, {})).tokenIdentifier;
  await client.close();
  return { changes: withoutRepeats(changes), identity: identity.values.at(-1), overHttp };
}

/** The token lasts 12 seconds and is renewed 10 seconds before its end, twice, while somebody looks on. */
async function renewedInTime() {
  const { sent, webSocketConstructor } = countingWebSocket();
  const client = openClient(url, webSocketConstructor);
  const changes = [];
  const forced = [];
  client.setAuth(
    ({ forceRefreshToken }) => {
      forced.push(forceRefreshToken);
      return newToken({ subject: "renewed", expiresAt: 12 });
    },
    (isAuthenticated) => changes.push(isAuthenticated),
  );
  const identity = watch(client, api.sample.identity, {});
  await until("two renewals", () => sent.Authenticate >= 4);
  await client.mutation(api.sample.write, { text: "after the renewal" });
  const subjects = identity.values.map((value) => value?.subject ?? null);
  const connections = client.connectionState().connectionCount;
  await client.close();
  return { changes: withoutRepeats(changes), firstForced: forced.slice(0, 3), subjects, errors: identity.errors.length, connections };
}

/** The client takes the token for good for an hour, the server for the few seconds that clocks may differ by: then it has the client fetch another, and nothing is lost. */
async function expiredInTheMiddle() {
  const { sent, webSocketConstructor } = countingWebSocket();
  const client = openClient(url, webSocketConstructor);
  const changes = [];
  let isShort = true;
  let lastToken = 0;
  client.setAuth(
    () => {
      lastToken = Date.now();
      return newToken({ subject: "late", ...(isShort ? { issuedAt: -3600, expiresAt: -1 } : {}) });
    },
    (isAuthenticated) => changes.push(isAuthenticated),
  );
  const identity = watch(client, api.sample.identity, {});
  await until("the identity", () => identity.values.at(-1)?.subject === "late" && sent.Authenticate === 2);
  isShort = false;
  await until("the end of the token", () => Date.now() > lastToken + 5000);
  const before = sent.Authenticate;
  const http = httpClient(url);
  const countBefore = await http.query(api.sample.countOf, { text: "late" });
  await client.mutation(api.sample.write, { text: "late" });
  const result = {
    changes,
    before,
    after: sent.Authenticate,
    connections: client.connectionState().connectionCount,
    written: (await http.query(api.sample.countOf, { text: "late" })) - countBefore,
    subjects: withoutRepeats(identity.values.map((value) => value?.subject ?? null)),
    errors: identity.errors.length,
  };
  await client.close();
  return result;
}

async function refused() {
  const client = openClient(url);
  const changes = [];
  client.setAuth(() => newToken({ subject: "eve", audience: "another" }), (isAuthenticated) => changes.push(isAuthenticated));
  await until("the verdict", () => changes.length > 0);
  const asNobody = await failureOf(client.query(api.users.me, {}));
  await client.close();
  const overHttp = async (fields) =>
    statusOf(
      await fetch(`${url}/api/query`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${await newToken(fields)}` },
        body: JSON.stringify({ path: "sample:identity", args: {} }),
      }),
    );
  return {
    changes,
    asNobody: asNobody.data.code,
    audience: await overHttp({ subject: "eve", audience: "another" }),
    expired: await overHttp({ subject: "eve", issuedAt: -60, expiresAt: -30 }),
  };
}

const report = {};
await Promise.all(
  Object.entries({ signedIn, renewedInTime, expiredInTheMiddle, refused }).map(async ([name, check]) => {
    report[name] = await check();
  }),
);
console.log(JSON.stringify(report));
process.exit(0);
