// Every kind of value, by the official client to the reactive tier and back. Argument: URL. Prints one line of JSON.
import { isDeepStrictEqual } from "node:util";
import { ConvexError } from "convex/values";
import { api, failureOf, httpClient, openClient, statusOf } from "./official-client.mjs";

const [url] = process.argv.slice(2);

const bytes = (...numbers) => new Uint8Array(numbers).buffer;
const negativeNaN = new DataView(bytes(0xff, 0xf8, 0, 0, 0, 0, 0, 0)).getFloat64(0);
const nested = (depth) => (depth === 0 ? 1n : [nested(depth - 1)]);

const values = [
  null,
  true,
  false,
  "",
  "x\u00e9\u20ac\ud834\udd1e \u0000\u001f\"\\ \u2028\uffff",
  0,
  -0,
  1,
  -1.5,
  0.1,
  2 ** 53,
  1e21,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.EPSILON,
  Infinity,
  -Infinity,
  NaN,
  negativeNaN,
  0n,
  1n,
  -1n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  bytes(),
  bytes(0),
  bytes(1, 2, 255),
  new Uint8Array(256).map((_, index) => index).buffer,
  [],
  [null, 1, 1n, "", bytes(), [], {}],
  {},
  { a: { b: [{ c: -0 }] }, "a key with spaces!": 1n, "~": NaN },
  nested(60),
];

const failures = [null, "text", "", 3, -0, 3n, true, bytes(1, 2), [1n, null], {}, { code: "c", message: "m", more: [1n] }];

const same = (one, other) => isDeepStrictEqual(one, other);

/** The three kinds of functions, over a socket and over HTTP. */
function ways(client, http, names) {
  return ["query", "mutation", "action"].flatMap((kind) => [
    { way: `socket ${kind}`, call: (value) => client[kind](api.echo[names[kind]], { value }) },
    { way: `http ${kind}`, call: (value) => http[kind](api.echo[names[kind]], { value }) },
  ]);
}

async function echoed(client, http) {
  const wrong = [];
  let count = 0;
  for (const { way, call } of ways(client, http, { query: "query", mutation: "mutation", action: "action" })) {
    for (const [index, value] of values.entries()) {
      const returned = await call(value);
      count++;
      if (!same(returned, value)) wrong.push(`${way} ${index}`);
    }
  }
  return { count: count / values.length, wrong };
}

async function thrown(client, http) {
  const wrong = [];
  const names = { query: "throwingQuery", mutation: "throwingMutation", action: "throwingAction" };
  for (const { way, call } of ways(client, http, names)) {
    for (const [index, value] of failures.entries()) {
      const error = await failureOf(call(value));
      if (!(error instanceof ConvexError) || !("data" in error) || !same(error.data, value)) wrong.push(`${way} ${index}`);
    }
  }
  // An ordinary error is no ConvexError with null in it.
  const ordinary = [
    await failureOf(client.query(api.example.crash, {})),
    await failureOf(http.query(api.example.crash, {})),
    await failureOf(client.mutation(api.counter.add, {})),
    await failureOf(http.mutation(api.counter.add, {})),
    await failureOf(client.action(api.counter.addByAction, {})),
    await failureOf(http.action(api.counter.addByAction, {})),
  ];
  return { wrong, ordinaryAreConvexErrors: ordinary.some((error) => error instanceof ConvexError) };
}

/** What the client lets through and no server can take: the call fails and the socket goes on. */
async function refused(client, http) {
  const halfACharacter = "\ud834\udd1e".slice(0, 1);
  const messages = [];
  for (const value of [halfACharacter, [halfACharacter], { a: halfACharacter }, nested(70)]) {
    for (const kind of ["query", "mutation", "action"]) {
      messages.push((await failureOf(client[kind](api.echo[kind], { value }))).message);
    }
  }
  const raw = [];
  for (const value of [
    { $integer: "AQAAAAAAAAAA" },
    { $integer: "AQAAAAAAAAA" },
    { $bytes: "AQ" },
    { $float: "AAAAAAAA8D8=" },
    { $set: [] },
    { $undefined: null },
  ]) {
    const response = await fetch(`${url}/api/query`, {
      method: "POST",
      body: JSON.stringify({ path: "echo:query", args: [{ value }], format: "convex_encoded_json" }),
    });
    const { status, body } = await statusOf(response);
    raw.push(`${status} ${body.code} ${Object.keys(body).sort()}`);
  }
  return {
    startsAsItShould: messages.every((message) => message.includes("ArgumentValidationError: ")),
    overHttp: (await failureOf(http.mutation(api.echo.mutation, { value: halfACharacter }))).message,
    raw: [...new Set(raw)],
    after: await client.mutation(api.echo.mutation, { value: "goes on" }),
  };
}

const client = openClient(url);
const http = httpClient(url);
const report = {
  echoed: await echoed(client, http),
  thrown: await thrown(client, http),
  refused: await refused(client, http),
};
await client.close();
console.log(JSON.stringify(report));
process.exit(0);
