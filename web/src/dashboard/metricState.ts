import { ConvexError } from "convex/values";

/** What is known of a widget's metric. */
export type MetricState =
  /** Asked for, no answer yet. */
  | { status: "loading" }
  /** The server is computing the first answer. */
  | { status: "computing" }
  | { status: "value"; value: unknown; isOutdated: boolean }
  | { status: "failed"; code: string; message: string };

export const loading: MetricState = { status: "loading" };
const computing: MetricState = { status: "computing" };

/**
 * The state after an answer of the Convex client: undefined while there is none, an Error, or the value.
 * A value once shown stays, marked as outdated, while its successor is on the way. Where nothing changed the
 * same object is returned, so that the tile is not rendered again.
 */
export function nextMetricState(previous: MetricState | undefined, answer: unknown): MetricState {
  if (answer instanceof Error) {
    const failure = failureOf(answer);
    const isSame =
      previous?.status === "failed" && previous.code === failure.code && previous.message === failure.message;
    return isSame ? previous : { status: "failed", ...failure };
  }
  if (answer === undefined || answer === null) {
    if (previous?.status === "value")
      return previous.isOutdated ? previous : { ...previous, isOutdated: true };
    return answer === undefined ? loading : computing;
  }
  if (previous?.status === "value" && previous.value === answer && !previous.isOutdated) return previous;
  return { status: "value", value: answer, isOutdated: false };
}

/** The code and message of a function's error; the server's own words where it gave any. */
export function failureOf(error: Error): { code: string; message: string } {
  const data: unknown = error instanceof ConvexError ? error.data : undefined;
  if (typeof data === "object" && data !== null && "code" in data && "message" in data) {
    const { code, message } = data;
    if (typeof code === "string" && typeof message === "string") return { code, message };
  }
  return { code: "internal", message: "The server could not answer this query." };
}
