import { expect, test } from "vitest";
import { freshnessLevel } from "./freshness";

test.each([
  [0, "fresh"],
  [5_000, "fresh"],
  [5_001, "late"],
  [30_000, "late"],
  [30_001, "stale"],
])("data %d ms old is %s", (ageMs, level) => {
  expect(freshnessLevel(ageMs)).toBe(level);
});
