import type { Freshness } from "../api";
import { loading, nextMetricState, type MetricState } from "./metricState";
import type { Widget } from "./widget";

/** Up to when the data on screen is complete, and how that was known. All times are the browser's. */
export type FreshnessReading = { aggregatedTo: number; receivedAtMs: number; ageAtReceiptMs: number };

/** All that a dashboard shows, as of one transition: tiles never mix two moments. */
export type Snapshot = {
  metrics: ReadonlyMap<string, MetricState>;
  freshness: FreshnessReading | undefined;
};

export const emptySnapshot: Snapshot = { metrics: new Map(), freshness: undefined };

export type Answers = Record<string, unknown>;

/** Under which name the freshness is asked for; ids of widgets never contain a colon. */
export const freshnessKey = "system:freshness";

export type ClockReading = { nowMs: number; serverNowMs: number };

export function nextSnapshot(
  previous: Snapshot,
  widgets: readonly Widget[],
  answers: Answers,
  clock: ClockReading,
): Snapshot {
  const metrics = new Map(
    widgets.map(({ id }) => [id, nextMetricState(previous.metrics.get(id), answers[id])] as const),
  );
  return { metrics, freshness: nextFreshness(previous.freshness, answers[freshnessKey], clock) };
}

export function metricStateOf(snapshot: Snapshot, widget: Widget): MetricState {
  return snapshot.metrics.get(widget.id) ?? loading;
}

/** Between two readings, which come once a second, the age stands still instead of counting up and back. */
const steadyForMs = 1_500;

export function ageOf({ receivedAtMs, ageAtReceiptMs }: FreshnessReading, nowMs: number): number {
  const sinceReceiptMs = nowMs - receivedAtMs;
  return sinceReceiptMs < steadyForMs ? ageAtReceiptMs : ageAtReceiptMs + sinceReceiptMs;
}

function nextFreshness(
  previous: FreshnessReading | undefined,
  answer: unknown,
  { nowMs, serverNowMs }: ClockReading,
): FreshnessReading | undefined {
  if (!isFreshness(answer) || answer.aggregatedTo === previous?.aggregatedTo) return previous;
  const ageAtReceiptMs = Math.max(0, serverNowMs - answer.aggregatedTo);
  return { aggregatedTo: answer.aggregatedTo, receivedAtMs: nowMs, ageAtReceiptMs };
}

function isFreshness(answer: unknown): answer is Freshness {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "aggregatedTo" in answer &&
    typeof answer.aggregatedTo === "number"
  );
}
