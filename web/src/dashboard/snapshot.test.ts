import { describe, expect, test } from "vitest";
import { eventsWidget, noonMs, pagesWidget } from "../testing/fixtures";
import { ageOf, emptySnapshot, freshnessKey, metricStateOf, nextSnapshot } from "./snapshot";

const clock = { nowMs: noonMs, serverNowMs: noonMs };
const widgets = [eventsWidget, pagesWidget];

test("a widget without an answer is loading, while its neighbour shows its value", () => {
  const snapshot = nextSnapshot(emptySnapshot, widgets, { [eventsWidget.id]: { total: 3 } }, clock);

  expect(metricStateOf(snapshot, eventsWidget)).toMatchObject({ status: "value", value: { total: 3 } });
  expect(metricStateOf(snapshot, pagesWidget)).toEqual({ status: "loading" });
  expect(metricStateOf(emptySnapshot, pagesWidget)).toEqual({ status: "loading" });
});

test("a widget whose answer did not change keeps its state object", () => {
  const answers = { [eventsWidget.id]: { total: 3 }, [pagesWidget.id]: { rows: [], otherCount: 0 } };
  const first = nextSnapshot(emptySnapshot, widgets, answers, clock);
  const second = nextSnapshot(first, widgets, { ...answers, [eventsWidget.id]: { total: 4 } }, clock);

  expect(metricStateOf(second, pagesWidget)).toBe(metricStateOf(first, pagesWidget));
  expect(metricStateOf(second, eventsWidget)).not.toBe(metricStateOf(first, eventsWidget));
});

describe("the age of the data", () => {
  const at = (aggregatedTo: number, nowMs: number, serverNowMs = nowMs, previous = emptySnapshot) =>
    nextSnapshot(previous, [], { [freshnessKey]: { aggregatedTo, storedTo: 0 } }, { nowMs, serverNowMs });

  test("is not known before the server told it, nor from an answer that is none", () => {
    expect(nextSnapshot(emptySnapshot, [], {}, clock).freshness).toBeUndefined();
    expect(nextSnapshot(emptySnapshot, [], { [freshnessKey]: "noon" }, clock).freshness).toBeUndefined();
  });

  test("is measured by the server's clock, whatever the browser's says", () => {
    const anHourWrongMs = noonMs + 3_600_000;
    const { freshness } = at(noonMs - 400, anHourWrongMs, noonMs);

    expect(freshness).toMatchObject({ ageAtReceiptMs: 400 });
    expect(freshness && ageOf(freshness, anHourWrongMs)).toBe(400);
  });

  test("is never negative", () => {
    expect(at(noonMs + 50, noonMs).freshness).toMatchObject({ ageAtReceiptMs: 0 });
  });

  test("stands still between two readings and counts up when none follows", () => {
    const { freshness } = at(noonMs - 400, noonMs);
    const ages = [0, 1_400, 2_000, 60_000].map((afterMs) => freshness && ageOf(freshness, noonMs + afterMs));

    expect(ages).toEqual([400, 400, 2_400, 60_400]);
  });

  test("goes on counting when other answers arrive without news of it", () => {
    const first = at(noonMs - 400, noonMs);
    const again = at(noonMs - 400, noonMs + 9_000, noonMs + 9_000, first);
    const without = nextSnapshot(again, [], {}, { nowMs: noonMs + 9_000, serverNowMs: noonMs + 9_000 });

    expect(without.freshness).toBe(first.freshness);
  });
});
