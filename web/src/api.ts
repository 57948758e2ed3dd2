import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { api } from "./generated/api";

/** The server's public functions; nothing in the app names a function by text. */
export { api };

export type MetricRequest = FunctionArgs<typeof api.metrics.live>;

/** Up to when live values, and what ClickHouse holds, are complete (epoch milliseconds). */
export type Freshness = NonNullable<FunctionReturnType<typeof api.system.freshness>>;
