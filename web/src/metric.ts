/**
 * Metrics and their results as the server defines them. Type aliases throughout: unlike interfaces they are
 * assignable to Convex values, so that they can be passed as arguments.
 */

export type EventType = "page_view" | "feature_used" | "error_occurred" | "conversion_step";

export type Scalar = string | number | boolean | null;

/** What an event must be like to be counted; the empty match takes every event. */
export type Match = {
  eventType?: EventType;
  name?: string | string[];
  properties?: Record<string, Scalar>;
};

export type Metric =
  | { kind: "count"; match: Match }
  | { kind: "uniqueUsers"; match: Match }
  | { kind: "activeSessions"; windowSeconds: number }
  | { kind: "ratio"; numerator: Match; denominator: Match }
  | { kind: "breakdown"; match: Match; by: string; limit: number };

export type Interval = "second" | "minute" | "hour";

export type MetricRange = { lastSeconds: number };

/** One bucket; `t` is its start in epoch milliseconds. */
export type Point = { t: number; value: number };

/** How the answer came about, where that is worth telling. */
type Provenance = { approximate?: boolean; delayed?: boolean };

export type TotalResult = Provenance & { total: number };
export type SeriesResult = Provenance & { total: number; points: Point[] };
export type BreakdownRow = { key: string; count: number; uniqueUsers: number };
export type BreakdownResult = Provenance & { rows: BreakdownRow[]; otherCount: number };

export type MetricResult = TotalResult | SeriesResult | BreakdownResult;

const intervalMs: Record<Interval, number> = { second: 1_000, minute: 60_000, hour: 3_600_000 };

export function millisecondsOf(interval: Interval): number {
  return intervalMs[interval];
}

export function isTotalResult(result: unknown): result is TotalResult {
  return isObject(result) && typeof result.total === "number";
}

export function isSeriesResult(result: unknown): result is SeriesResult {
  return isTotalResult(result) && "points" in result && Array.isArray(result.points);
}

export function isBreakdownResult(result: unknown): result is BreakdownResult {
  return isObject(result) && Array.isArray(result.rows) && typeof result.otherCount === "number";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
