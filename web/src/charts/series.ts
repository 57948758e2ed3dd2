import type { Point } from "../metric";

/** How many full buckets at the end make up the current rate of a series by second. */
const currentRateBuckets = 10;

/**
 * The buckets that are over. The window always ends with the bucket of the present moment, which is still
 * filling up: it is drawn apart and counted nowhere.
 */
export function finishedPoints(points: readonly Point[]): readonly Point[] {
  return points.slice(0, -1);
}

/** The mean of the last full buckets, or undefined where no bucket is over yet. */
export function currentRate(points: readonly Point[], bucketCount = currentRateBuckets): number | undefined {
  const recent = finishedPoints(points).slice(-bucketCount);
  return recent.length === 0 ? undefined : mean(recent);
}

export type Trend = "rising" | "falling" | "steady";

/** The last third against the first, over full buckets; less than a tenth apart counts as steady. */
export function trendOf(points: readonly Point[]): Trend {
  const finished = finishedPoints(points);
  const third = Math.floor(finished.length / 3);
  if (third === 0) return "steady";
  const before = mean(finished.slice(0, third));
  const after = mean(finished.slice(-third));
  const largest = Math.max(Math.abs(before), Math.abs(after));
  if (largest === 0 || Math.abs(after - before) / largest < 0.1) return "steady";
  return after > before ? "rising" : "falling";
}

export type SeriesDescription = {
  title: string;
  window: string;
  points: readonly Point[];
  format: (value: number) => string;
};

/** What a chart shows, in one sentence, for those who do not see it. */
export function describeSeries({ title, window, points, format }: SeriesDescription): string {
  const finished = finishedPoints(points);
  const latest = finished.at(-1);
  if (latest === undefined) return `${title}, ${window}: no complete values yet`;
  const values = finished.map((point) => point.value);
  const range = `range ${format(Math.min(...values))} to ${format(Math.max(...values))}`;
  return `${title}, ${window}: latest ${format(latest.value)}, ${range}, ${trendOf(points)}`;
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below the value: an axis that seldom moves. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

function mean(points: readonly Point[]): number {
  return points.reduce((sum, point) => sum + point.value, 0) / points.length;
}
