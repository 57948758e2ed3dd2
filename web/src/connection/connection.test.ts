import { describe, expect, test } from "vitest";
import { noonMs } from "../testing/fixtures";
import { describeConnection, nextConnection, offlineAfterMs, type Connection } from "./connection";

const connected = { isWebSocketConnected: true, hasEverConnected: true, isOnline: true };
const dropped = { ...connected, isWebSocketConnected: false };
const never = { ...dropped, hasEverConnected: false };
const live: Connection = { phase: "live", sinceMs: noonMs };

test("a page that never heard from the server is connecting, not reconnecting", () => {
  expect(nextConnection(undefined, never, noonMs)).toEqual({ phase: "connecting", sinceMs: noonMs });
});

test("a lost socket is an outage that begins now", () => {
  expect(nextConnection(live, dropped, noonMs + 5_000)).toEqual({
    phase: "reconnecting",
    sinceMs: noonMs + 5_000,
  });
});

test("an outage turns into offline after its time, dated from its beginning", () => {
  const reconnecting = nextConnection(live, dropped, noonMs);

  expect(nextConnection(reconnecting, dropped, noonMs + offlineAfterMs - 1)).toBe(reconnecting);
  expect(nextConnection(reconnecting, dropped, noonMs + offlineAfterMs)).toEqual({
    phase: "offline",
    sinceMs: noonMs,
  });
});

test("a browser without network is offline at once", () => {
  expect(nextConnection(live, { ...dropped, isOnline: false }, noonMs + 1)).toEqual({
    phase: "offline",
    sinceMs: noonMs + 1,
  });
});

test("a network that returns early leaves the outage's beginning as it is", () => {
  const offline = nextConnection(live, { ...dropped, isOnline: false }, noonMs);

  expect(nextConnection(offline, dropped, noonMs + 3_000)).toEqual({
    phase: "reconnecting",
    sinceMs: noonMs,
  });
});

test("a socket that is open counts as live whatever the browser says of its network", () => {
  expect(nextConnection({ phase: "offline", sinceMs: 0 }, { ...connected, isOnline: false }, noonMs)).toEqual(
    live,
  );
});

test("nothing new is the same object", () => {
  expect(nextConnection(live, connected, noonMs + 60_000)).toBe(live);
});

describe("in words", () => {
  test.each([
    ["connecting", "Connecting"],
    ["live", "Live"],
    ["reconnecting", "Reconnecting"],
    ["offline", "Offline"],
  ] as const)("%s is %s", (phase, words) => {
    expect(describeConnection(phase)).toBe(words);
  });
});
