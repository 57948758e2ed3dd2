import type { Dashboard } from "./widget";

const hourSeconds = 3_600;

/** The dashboard every team sees until dashboards are documents of their own. */
export const builtInDashboard: Dashboard = {
  name: "Live overview",
  widgets: [
    {
      id: "active-sessions",
      title: "Active sessions",
      kind: "number",
      layout: { x: 0, y: 0, w: 3, h: 2 },
      metric: { kind: "activeSessions", windowSeconds: 300 },
      range: { lastSeconds: 300 },
    },
    {
      id: "events-last-hour",
      title: "Events",
      kind: "number",
      layout: { x: 3, y: 0, w: 4, h: 2 },
      metric: { kind: "count", match: {} },
      range: { lastSeconds: hourSeconds },
      interval: "minute",
    },
    {
      id: "error-rate",
      title: "Error rate",
      kind: "timeseries",
      layout: { x: 7, y: 0, w: 5, h: 2 },
      metric: { kind: "ratio", numerator: { eventType: "error_occurred" }, denominator: {} },
      range: { lastSeconds: hourSeconds },
      interval: "minute",
    },
    {
      id: "events-per-second",
      title: "Events a second",
      kind: "timeseries",
      layout: { x: 0, y: 2, w: 12, h: 3 },
      metric: { kind: "count", match: {} },
      range: { lastSeconds: 120 },
      interval: "second",
    },
    {
      id: "top-pages",
      title: "Top pages",
      kind: "table",
      layout: { x: 0, y: 5, w: 6, h: 5 },
      metric: { kind: "breakdown", match: { eventType: "page_view" }, by: "name", limit: 8 },
      range: { lastSeconds: hourSeconds },
    },
    {
      id: "feature-usage",
      title: "Feature usage",
      kind: "bars",
      layout: { x: 6, y: 5, w: 3, h: 5 },
      metric: { kind: "breakdown", match: { eventType: "feature_used" }, by: "name", limit: 8 },
      range: { lastSeconds: hourSeconds },
    },
    {
      id: "conversion-steps",
      title: "Conversion steps",
      kind: "bars",
      layout: { x: 9, y: 5, w: 3, h: 5 },
      metric: { kind: "breakdown", match: { eventType: "conversion_step" }, by: "name", limit: 8 },
      range: { lastSeconds: hourSeconds },
    },
  ],
};
