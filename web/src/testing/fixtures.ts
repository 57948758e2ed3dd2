import type { BreakdownResult, Point, SeriesResult } from "../metric";
import type { Widget } from "../dashboard/widget";

/** 2026-03-01 12:00:00 UTC. */
export const noonMs = Date.UTC(2026, 2, 1, 12);

/** One bucket a second from noon on; the last one counts as unfinished, as in every answer of the server. */
export function pointsOf(...values: number[]): Point[] {
  return values.map((value, index) => ({ t: noonMs + index * 1_000, value }));
}

export function seriesOf(...values: number[]): SeriesResult {
  return { total: values.reduce((sum, value) => sum + value, 0), points: pointsOf(...values) };
}

export const sessionsWidget: Widget = {
  id: "active-sessions",
  title: "Active sessions",
  kind: "number",
  layout: { x: 0, y: 0, w: 3, h: 2 },
  metric: { kind: "activeSessions", windowSeconds: 300 },
  range: { lastSeconds: 300 },
};

export const eventsWidget: Widget = {
  id: "events",
  title: "Events",
  kind: "number",
  layout: { x: 3, y: 0, w: 4, h: 2 },
  metric: { kind: "count", match: {} },
  range: { lastSeconds: 3_600 },
  interval: "minute",
};

export const rateWidget: Widget = {
  id: "events-per-second",
  title: "Events a second",
  kind: "timeseries",
  layout: { x: 0, y: 2, w: 12, h: 3 },
  metric: { kind: "count", match: {} },
  range: { lastSeconds: 120 },
  interval: "second",
};

export const errorRateWidget: Widget = {
  id: "error-rate",
  title: "Error rate",
  kind: "timeseries",
  layout: { x: 7, y: 0, w: 5, h: 2 },
  metric: { kind: "ratio", numerator: { eventType: "error_occurred" }, denominator: {} },
  range: { lastSeconds: 3_600 },
  interval: "minute",
};

export const pagesWidget: Widget = {
  id: "top-pages",
  title: "Top pages",
  kind: "table",
  layout: { x: 0, y: 5, w: 6, h: 5 },
  metric: { kind: "breakdown", match: { eventType: "page_view" }, by: "name", limit: 8 },
  range: { lastSeconds: 3_600 },
};

export const featuresWidget: Widget = {
  id: "feature-usage",
  title: "Feature usage",
  kind: "bars",
  layout: { x: 6, y: 5, w: 3, h: 5 },
  metric: { kind: "breakdown", match: { eventType: "feature_used" }, by: "name", limit: 8 },
  range: { lastSeconds: 3_600 },
};

export const emptyBreakdown: BreakdownResult = { rows: [], otherCount: 0 };

export const pages: BreakdownResult = {
  rows: [
    { key: "/pricing", count: 1_500, uniqueUsers: 900 },
    { key: "/docs", count: 300, uniqueUsers: 120 },
  ],
  otherCount: 200,
};
