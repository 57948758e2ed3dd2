import { describe, expect, test } from "vitest";
import { pointsOf } from "../testing/fixtures";
import { currentRate, describeSeries, finishedPoints, niceCeiling, trendOf } from "./series";

test("the last bucket is still filling up and does not count as finished", () => {
  expect(finishedPoints(pointsOf(1, 2, 3)).map((point) => point.value)).toEqual([1, 2]);
  expect(finishedPoints([])).toEqual([]);
});

describe("the current rate", () => {
  test("is the mean of the last ten full buckets", () => {
    expect(currentRate(pointsOf(100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 999))).toBe(5.5);
  });

  test("is the mean of what there is where there are fewer", () => {
    expect(currentRate(pointsOf(2, 4, 999))).toBe(3);
  });

  test("is not known, rather than zero, while no bucket is over", () => {
    expect(currentRate(pointsOf(7))).toBeUndefined();
    expect(currentRate([])).toBeUndefined();
  });

  test("can be taken over another number of buckets", () => {
    expect(currentRate(pointsOf(1, 2, 8, 999), 1)).toBe(8);
  });
});

describe("the trend", () => {
  test("compares the last third with the first", () => {
    expect(trendOf(pointsOf(1, 1, 50, 2, 2, 0))).toBe("rising");
    expect(trendOf(pointsOf(9, 9, 0, 3, 3, 99))).toBe("falling");
  });

  test("is steady within a tenth, on silence and on too little data", () => {
    expect(trendOf(pointsOf(100, 0, 95, 0))).toBe("steady");
    expect(trendOf(pointsOf(0, 0, 0, 0))).toBe("steady");
    expect(trendOf(pointsOf(1, 100))).toBe("steady");
  });
});

describe("the description of a chart", () => {
  const words = { title: "Events", window: "last 2 minutes", format: (value: number) => `<${value}>` };

  test("tells the latest full value, range and trend", () => {
    expect(describeSeries({ ...words, points: pointsOf(2, 4, 8, 999) })).toBe(
      "Events, last 2 minutes: latest <8>, range <2> to <8>, rising",
    );
  });

  test("says so where no value is complete", () => {
    expect(describeSeries({ ...words, points: pointsOf(5) })).toBe(
      "Events, last 2 minutes: no complete values yet",
    );
  });
});

test.each([
  [-1, 1],
  [0, 1],
  [0.01, 0.01],
  [0.3, 0.5],
  [4, 5],
  [10, 10],
  [21, 25],
  [26, 50],
  [51, 100],
  [1_234, 2_000],
])("an axis over %d ends at %d", (highest, ceiling) => {
  expect(niceCeiling(highest)).toBeCloseTo(ceiling, 12);
});
