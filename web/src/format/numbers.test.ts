import { expect, test } from "vitest";
import {
  formatAxisPercent,
  formatCompact,
  formatCount,
  formatFullCount,
  formatPercent,
  formatRate,
} from "./numbers";

test.each([
  [0, "0"],
  [999, "999"],
  [12_345, "12,345"],
  [999_999, "999,999"],
  [1_000_000, "1M"],
  [1_234_567, "1.2M"],
  [2_500_000_000, "2.5B"],
])("a count of %d reads %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test("a tooltip has every digit", () => {
  expect(formatFullCount(12_345_678)).toBe("12,345,678");
});

test("an axis is short from a thousand on", () => {
  expect([0, 4, 999, 1_500, 12_000].map(formatCompact)).toEqual(["0", "4", "999", "1.5K", "12K"]);
});

test.each([
  [0, "0.0"],
  [3.14, "3.1"],
  [99.94, "99.9"],
  [99.96, "100"],
  [1_234.5, "1,235"],
])("a rate of %d reads %s", (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});

test.each([
  [0, "0.00 %"],
  [0.0342, "3.42 %"],
  [0.099_99, "10.0 %"],
  [0.342, "34.2 %"],
  [1, "100.0 %"],
])("a ratio of %d reads %s", (ratio, text) => {
  expect(formatPercent(ratio)).toBe(text);
});

test("a percentage on an axis has no needless decimals, nor the noise of binary fractions", () => {
  expect([0, 0.005, 0.05, 0.07, 0.1 + 0.2, 1].map(formatAxisPercent)).toEqual([
    "0 %",
    "0.5 %",
    "5 %",
    "7 %",
    "30 %",
    "100 %",
  ]);
});
