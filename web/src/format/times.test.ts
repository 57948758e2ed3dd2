import { expect, test } from "vitest";
import { formatAge, formatHourAndMinute, formatTimeOfDay, formatWindow, timeZoneName } from "./times";

test("times of day are in the zone that is named", () => {
  const threeMinutesPastMidnightMs = Date.UTC(2026, 2, 1, 0, 3, 41);

  expect(timeZoneName()).toBe("UTC");
  expect(formatTimeOfDay(threeMinutesPastMidnightMs)).toBe("00:03:41");
  expect(formatHourAndMinute(threeMinutesPastMidnightMs)).toBe("00:03");
});

test.each([
  [-200, "0.0 s"],
  [420, "0.4 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [119_000, "119 s"],
  [120_000, "2 min"],
  [7_199_000, "120 min"],
  [7_200_000, "2 h"],
])("an age of %d ms reads %s", (ageMs, text) => {
  expect(formatAge(ageMs)).toBe(text);
});

test.each([
  [60, "last 60 seconds"],
  [120, "last 2 minutes"],
  [300, "last 5 minutes"],
  [3_600, "last 60 minutes"],
  [86_400, "last 24 hours"],
])("a window of %d s reads %s", (seconds, text) => {
  expect(formatWindow(seconds)).toBe(text);
});
