import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { noonMs } from "../testing/fixtures";
import { ConnectionIndicator } from "./ConnectionIndicator";
import { FreshnessIndicator } from "./FreshnessIndicator";

beforeEach(() => {
  vi.useFakeTimers({ now: noonMs });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the connection indicator", () => {
  test("says that the page is live, without a duration", () => {
    render(<ConnectionIndicator connection={{ phase: "live", sinceMs: noonMs - 60_000 }} />);

    expect(screen.getByTestId("connection").textContent).toBe("Live");
    expect(screen.getByTestId("connection").dataset.phase).toBe("live");
  });

  test("counts the seconds of an outage where screen readers are not disturbed", () => {
    render(<ConnectionIndicator connection={{ phase: "reconnecting", sinceMs: noonMs - 3_000 }} />);
    expect(screen.getByTestId("connection").textContent).toBe("Reconnecting3 s");

    act(() => {
      vi.advanceTimersByTime(4_000);
    });

    expect(screen.getByTestId("connection").textContent).toBe("Reconnecting7 s");
    expect(screen.getByRole("status").textContent).toBe("Reconnecting");
    expect(screen.getByText("7 s").getAttribute("aria-hidden")).toBe("true");
  });

  test("never shows a negative duration", () => {
    render(<ConnectionIndicator connection={{ phase: "offline", sinceMs: noonMs + 700 }} />);

    expect(screen.getByTestId("connection").textContent).toBe("Offline0 s");
  });
});

describe("the freshness indicator", () => {
  test("does not pretend to know an age before the server told it", () => {
    render(<FreshnessIndicator aggregatedTo={undefined} ageMs={0} />);

    expect(screen.getByTestId("freshness").textContent).toBe("age of data not known yet");
    expect(screen.getByTestId("freshness").dataset.level).toBe("unknown");
  });

  test.each([
    [400, "fresh", "0.4 s behind · data to 12:00:00"],
    [7_000, "late", "late7.0 s behind · data to 12:00:00"],
    [60_000, "stale", "old60 s behind · data to 12:00:00"],
  ])("tells data of %d ms by a word as well as by a colour", (ageMs, level, text) => {
    render(<FreshnessIndicator aggregatedTo={noonMs} ageMs={ageMs} />);

    const indicator = screen.getByTestId("freshness");
    expect(indicator.textContent).toBe(text);
    expect(indicator.dataset.level).toBe(level);
    expect(indicator.title).toBe("Times are in UTC");
    expect(screen.getByText("12:00:00").getAttribute("datetime")).toBe("2026-03-01T12:00:00.000Z");
  });
});
