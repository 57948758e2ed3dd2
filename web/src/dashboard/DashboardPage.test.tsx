import { act, render, screen, within } from "@testing-library/react";
import { ConvexProvider } from "convex/react";
import { ConvexError } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "../api";
import { PlotFactoryContext } from "../charts/SeriesChart";
import { Session } from "../session/session";
import { SessionContext } from "../session/SessionContext";
import { FakeAuthClient } from "../testing/fakeAuthClient";
import { FakeConvexClient } from "../testing/fakeConvexClient";
import { fakePlots } from "../testing/fakePlot";
import { noonMs, pages, pagesWidget, sessionsWidget } from "../testing/fixtures";
import { DashboardPage } from "./DashboardPage";
import type { Widget } from "./widget";

const dashboard = { name: "Overview", widgets: [sessionsWidget, pagesWidget] };

beforeEach(() => {
  vi.useFakeTimers({ now: noonMs });
});

afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const client = new FakeConvexClient();
  const authClient = new FakeAuthClient();
  const session = new Session(authClient, window.localStorage, "token");
  const { createPlot } = fakePlots();
  const { unmount } = render(
    <SessionContext value={session}>
      <PlotFactoryContext value={createPlot}>
        <ConvexProvider client={client.asConvexReactClient}>
          <DashboardPage dashboard={dashboard} />
        </ConvexProvider>
      </PlotFactoryContext>
    </SessionContext>,
  );
  return {
    client,
    session,
    unmount,
    answer: (widget: Widget, value: unknown) => {
      client.answer(api.metrics.live, { metric: widget.metric, range: widget.range }, value);
    },
    dataTo: (aggregatedTo: number) => {
      client.answer(api.system.freshness, {}, { aggregatedTo, storedTo: aggregatedTo });
    },
  };
}

function after(ms: number, change: () => void = () => undefined): void {
  act(change);
  act(() => {
    vi.advanceTimersByTime(ms);
  });
}

const statusOf = (widget: Widget) => screen.getByTestId(`tile-${widget.id}`).dataset.status;
const sessions = () => screen.getByTestId(`value-${sessionsWidget.id}`).dataset.value;

test("every tile waits by itself, and a new answer moves its number", () => {
  const { answer } = open();
  expect([statusOf(sessionsWidget), statusOf(pagesWidget)]).toEqual(["loading", "loading"]);

  after(200, () => {
    answer(sessionsWidget, { total: 3 });
    answer(pagesWidget, null);
  });
  expect([statusOf(sessionsWidget), statusOf(pagesWidget)]).toEqual(["value", "computing"]);

  after(200, () => {
    answer(sessionsWidget, { total: 4 });
  });
  expect(sessions()).toBe("4");
});

test("one query that fails leaves the others alone and recovers by itself", () => {
  const { answer } = open();
  after(200, () => {
    answer(sessionsWidget, { total: 3 });
    answer(pagesWidget, new ConvexError({ code: "timeout", message: "The query took too long." }));
  });
  const tile = screen.getByTestId(`tile-${pagesWidget.id}`);
  expect(within(tile).getByRole("alert").dataset.code).toBe("timeout");
  expect(sessions()).toBe("3");

  after(200, () => {
    answer(pagesWidget, pages);
  });
  expect(within(tile).queryByRole("alert")).toBeNull();
  expect(statusOf(pagesWidget)).toBe("value");
});

test("answers faster than people read are shown at most ten times a second, the last one in any case", () => {
  const { answer } = open();
  const shown = new Set<string | undefined>();
  for (let count = 1; count <= 100; count++) {
    after(10, () => {
      answer(sessionsWidget, { total: count });
    });
    const value = screen.queryByTestId(`value-${sessionsWidget.id}`)?.dataset.value;
    if (value !== undefined) shown.add(value);
  }
  after(200);

  expect(shown.size).toBeGreaterThan(1);
  expect(shown.size).toBeLessThanOrEqual(11);
  expect(sessions()).toBe("100");
});

test("an outage blanks nothing: numbers stay, their age counts up, the connection is told in words", () => {
  const { client, answer, dataTo } = open();
  after(200, () => {
    client.connect(true);
    answer(sessionsWidget, { total: 3 });
    answer(pagesWidget, pages);
    dataTo(noonMs);
  });
  expect(screen.getByTestId("connection").textContent).toBe("Live");
  expect(screen.getByTestId("freshness").dataset.level).toBe("fresh");

  after(10_000, () => {
    client.connect(false);
    answer(sessionsWidget, undefined);
  });
  expect(screen.getByTestId("connection").dataset.phase).toBe("reconnecting");
  expect(screen.getByTestId("freshness").dataset.level).toBe("late");
  expect(sessions()).toBe("3");

  after(30_000);
  expect(screen.getByTestId("connection").dataset.phase).toBe("offline");
  expect(screen.getByTestId("freshness").dataset.level).toBe("stale");
  expect(screen.getByRole("main").dataset.level).toBe("stale");
  expect([statusOf(sessionsWidget), statusOf(pagesWidget)]).toEqual(["value", "value"]);

  after(1_100, () => {
    client.connect(true);
    answer(sessionsWidget, { total: 5 });
    dataTo(noonMs + 41_000);
  });
  expect(screen.getByTestId("connection").dataset.phase).toBe("live");
  expect(screen.getByTestId("freshness").dataset.level).toBe("fresh");
  expect(sessions()).toBe("5");
});

test("signing out ends the session", () => {
  const { session } = open();
  act(() => {
    screen.getByRole("button", { name: "Sign out" }).click();
  });

  expect(session.state()).toEqual({ status: "signedOut" });
});

test("a closed page leaves no subscription and no timer behind", () => {
  const { client, unmount } = open();
  after(200);
  expect(client.subscriptionCount).toBe(3);

  unmount();
  after(200);

  expect(client.subscriptionCount).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
