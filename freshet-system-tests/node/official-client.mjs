// What the scripts with the official Convex client share.
import { createServer, connect } from "node:net";
import WebSocket from "ws";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";

export const api = anyApi;
const limitMs = 60_000;

/** Counts what is sent by message type. */
export function countingWebSocket() {
  const sent = {};
  class CountingWebSocket extends WebSocket {
    send(text, ...rest) {
      const { type } = JSON.parse(text);
      sent[type] = (sent[type] ?? 0) + 1;
      super.send(text, ...rest);
    }
  }
  return { sent, webSocketConstructor: CountingWebSocket };
}

export function openClient(url, webSocketConstructor = WebSocket) {
  return new ConvexClient(url, { webSocketConstructor, logger: false });
}

export function httpClient(url) {
  return new ConvexHttpClient(url, { logger: false });
}

/** Subscribes and keeps all values and errors. */
export function watch(client, query, args) {
  const seen = { values: [], errors: [] };
  client.onUpdate(
    query,
    args,
    (value) => seen.values.push(value),
    (error) => seen.errors.push(error),
  );
  return seen;
}

/** Polls until the condition holds; the error names what did not come. */
export async function until(what, condition) {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`within ${limitMs} ms: ${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

let tokens = 0;

/**
 * Unsigned, which is enough for the example's server, and like no other. By its own dates it lasts an hour and more, so that
 * no client renews it by itself.
 */
export function unsignedToken(subject, lifetimeSeconds) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: subject, iat: now - 3600, exp: now + lifetimeSeconds, jti: `${++tokens}` };
  return [{ alg: "none" }, claims, ""].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
}

/** What a promise is rejected with. */
export async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("a call that must fail has succeeded");
}

export async function statusOf(response) {
  return { status: response.status, body: await response.json() };
}

/** A TCP proxy whose connections can be cut, and that can keep answers back or let nobody in. */
export async function startProxy(targetUrl) {
  const target = new URL(targetUrl);
  const pairs = new Set();
  const state = { connections: 0, keepsAnswersBack: false, bytesKeptBack: 0, isDown: false };
  const server = createServer((near) => {
    if (state.isDown) {
      near.on("error", () => {}).destroy();
      return;
    }
    state.connections++;
    const far = connect(Number(target.port), target.hostname);
    const pair = { near, far };
    pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    near.on("data", (bytes) => far.write(bytes));
    far.on("data", (bytes) => {
      if (state.keepsAnswersBack) state.bytesKeptBack += bytes.length;
      else near.write(bytes);
    });
    for (const socket of [near, far]) socket.on("close", end).on("error", end);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    state,
    cut() {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
    },
    close() {
      server.close();
      this.cut();
    },
  };
}
