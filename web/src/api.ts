import { makeFunctionReference } from "convex/server";
import type { Interval, Match, Metric, MetricRange, MetricResult } from "./metric";

/**
 * The server's public functions that the app calls, with their types. Written by hand until the server
 * generates this file; nothing else in the app names a function by text.
 */

export type MetricRequest = {
  metric: Metric;
  range: MetricRange;
  interval?: Interval;
  filters?: Match;
};

/** Up to when live values, and what ClickHouse holds, are complete (epoch milliseconds). */
export type Freshness = { aggregatedTo: number; storedTo: number };

export const api = {
  metrics: {
    /** `null` while the first answer is being computed. */
    live: makeFunctionReference<"query", MetricRequest, MetricResult | null>("metrics:live"),
  },
  system: {
    freshness: makeFunctionReference<"query", Record<string, never>, Freshness>("system:freshness"),
  },
};
