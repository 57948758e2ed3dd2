import { useQueries, type RequestForQueries } from "convex/react";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, type MetricRequest } from "../api";
import { useSession } from "../session/SessionContext";
import { emptySnapshot, freshnessKey, nextSnapshot, type Answers, type Snapshot } from "./snapshot";
import type { Widget } from "./widget";

/** People read no faster; the server may send up to twice as often. */
const shortestPauseMs = 100;

/**
 * Subscribes to everything a dashboard shows and hands it on at most ten times a second. The first change after
 * a quiet moment goes through at once.
 *
 * One call for all widgets, so that they come from one transition; `useQueries`, so that a failed query is a
 * value of its widget and recovers by itself, instead of an exception.
 */
export function useSnapshot(widgets: readonly Widget[]): Snapshot {
  const { serverNowMs } = useSession();
  const requests = useMemo(() => requestsFor(widgets), [widgets]);
  const answers: Answers = useQueries(requests);
  const [snapshot, setSnapshot] = useState(emptySnapshot);
  const lastShownMs = useRef(0);

  useEffect(() => {
    const waitMs = Math.max(0, lastShownMs.current + shortestPauseMs - performance.now());
    const timer = setTimeout(() => {
      lastShownMs.current = performance.now();
      const clock = { nowMs: Date.now(), serverNowMs: serverNowMs() };
      setSnapshot((previous) => nextSnapshot(previous, widgets, answers, clock));
    }, waitMs);
    return () => {
      clearTimeout(timer);
    };
  }, [answers, widgets, serverNowMs]);

  return snapshot;
}

function requestsFor(widgets: readonly Widget[]): RequestForQueries {
  const requests: RequestForQueries = { [freshnessKey]: { query: api.system.freshness, args: {} } };
  for (const { id, metric, range, interval } of widgets) {
    const args: MetricRequest = { metric, range, ...(interval !== undefined && { interval }) };
    requests[id] = { query: api.metrics.live, args };
  }
  return requests;
}
