import { expect, test } from "vitest";
import { emptyBreakdown, pages } from "../testing/fixtures";
import { shareOfLargest, totalOf } from "./breakdown";

test("the total includes what the limit cut off", () => {
  expect(totalOf(pages)).toBe(2_000);
  expect(totalOf(emptyBreakdown)).toBe(0);
});

test("the largest row fills the width", () => {
  expect(shareOfLargest(1_500, pages)).toBe(1);
  expect(shareOfLargest(300, pages)).toBe(0.2);
});

test("rows without counts have no bar rather than one of no number", () => {
  expect(shareOfLargest(0, { rows: [{ key: "a", count: 0, uniqueUsers: 0 }], otherCount: 0 })).toBe(0);
  expect(shareOfLargest(0, emptyBreakdown)).toBe(0);
});
