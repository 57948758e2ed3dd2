import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeConvexClient } from "../testing/fakeConvexClient";
import { noonMs } from "../testing/fixtures";
import { offlineAfterMs } from "./connection";
import { ConnectionMonitor } from "./connectionMonitor";

beforeEach(() => {
  vi.useFakeTimers({ now: noonMs });
});

afterEach(() => {
  vi.useRealTimers();
});

function watch() {
  const client = new FakeConvexClient();
  const monitor = new ConnectionMonitor(client.asConvexReactClient);
  const phases: string[] = [];
  const stop = monitor.subscribe(() => phases.push(monitor.connection().phase));
  return { client, monitor, phases, stop };
}

test("the phases of a restart follow the socket", () => {
  const { client, monitor, phases } = watch();
  expect(monitor.connection().phase).toBe("connecting");

  client.connect(true);
  client.connect(false);
  client.connect(true);

  expect(phases).toEqual(["live", "reconnecting", "live"]);
});

test("a long outage becomes offline without any further signal", () => {
  const { client, monitor, phases } = watch();
  client.connect(true);
  client.connect(false);
  vi.advanceTimersByTime(offlineAfterMs + 1_000);

  expect(phases).toEqual(["live", "reconnecting", "offline"]);
  expect(monitor.connection().sinceMs).toBe(noonMs);
});

test("the browser's news of its network count at once", () => {
  const { client, phases } = watch();
  client.connect(true);
  client.connect(false);
  const isOnline = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  window.dispatchEvent(new Event("offline"));
  isOnline.mockReturnValue(true);
  window.dispatchEvent(new Event("online"));

  expect(phases).toEqual(["live", "reconnecting", "offline", "reconnecting"]);
});

test("nobody is told when nobody listens any more", () => {
  const { client, phases, stop } = watch();
  stop();
  client.connect(true);
  vi.advanceTimersByTime(60_000);

  expect(phases).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
