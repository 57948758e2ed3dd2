import type { Interval, Metric, MetricRange } from "../metric";

/** Place and size in the twelve-column grid; `h` and `y` count rows of one fixed height. */
export type WidgetLayout = { x: number; y: number; w: number; h: number };

/**
 * How a widget shows its metric.
 *
 * - `number`: the total of the window, with a bar for each bucket where the metric has buckets
 * - `timeseries`: the current rate, or the total of a ratio, over a line
 * - `bars`: the rows of a breakdown, each with a bar
 * - `table`: the same with a column for unique users
 */
export type WidgetKind = "number" | "timeseries" | "bars" | "table";

/** One widget as the server stores it in a dashboard. */
export type Widget = {
  id: string;
  title: string;
  kind: WidgetKind;
  layout: WidgetLayout;
  metric: Metric;
  range: MetricRange;
  interval?: Interval;
};

export type Dashboard = { name: string; widgets: readonly Widget[] };

/** The interval the server uses where a widget names none. */
export const defaultInterval: Interval = "minute";
