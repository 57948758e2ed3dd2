import { ConvexError } from "convex/values";
import { describe, expect, test } from "vitest";
import { failureOf, loading, nextMetricState, type MetricState } from "./metricState";

const three: MetricState = { status: "value", value: { total: 3 }, isOutdated: false };

describe("before the first value", () => {
  test("there is no answer", () => {
    expect(nextMetricState(undefined, undefined)).toEqual({ status: "loading" });
  });

  test("null says that the server computes it", () => {
    expect(nextMetricState(loading, null)).toEqual({ status: "computing" });
  });

  test("the same state is the same object, so that nothing is rendered again", () => {
    expect(nextMetricState(loading, undefined)).toBe(loading);
    const computing = nextMetricState(loading, null);
    expect(nextMetricState(computing, null)).toBe(computing);
  });
});

describe("once there was a value", () => {
  test.each([undefined, null])("it stays in sight, marked as outdated, while the answer is %s", (answer) => {
    const outdated = nextMetricState(three, answer);
    expect(outdated).toEqual({ status: "value", value: { total: 3 }, isOutdated: true });
    expect(nextMetricState(outdated, answer)).toBe(outdated);
  });

  test("the next value takes its place", () => {
    const outdated = nextMetricState(three, undefined);
    expect(nextMetricState(outdated, { total: 4 })).toEqual({
      status: "value",
      value: { total: 4 },
      isOutdated: false,
    });
  });

  test("the same value takes the mark away again", () => {
    const value = { total: 3 };
    const shown = nextMetricState(undefined, value);
    expect(nextMetricState(shown, value)).toBe(shown);
    expect(nextMetricState(nextMetricState(shown, undefined), value)).toEqual(shown);
  });
});

describe("a failure", () => {
  const refused = new ConvexError({ code: "unknown_field", message: "There is no field colour." });

  test("is told in the server's words", () => {
    expect(nextMetricState(three, refused)).toEqual({
      status: "failed",
      code: "unknown_field",
      message: "There is no field colour.",
    });
  });

  test("stays the same object while it repeats, and another one replaces it", () => {
    const failed = nextMetricState(undefined, refused);
    expect(nextMetricState(failed, new ConvexError({ ...refused.data }))).toBe(failed);
    expect(nextMetricState(failed, new Error("[CONVEX Q(metrics:live)] boom"))).toMatchObject({
      code: "internal",
    });
  });

  test("is over when a value arrives", () => {
    expect(nextMetricState(nextMetricState(undefined, refused), { total: 1 })).toMatchObject({
      status: "value",
      isOutdated: false,
    });
  });

  test.each([
    ["an error of the client", new Error("[CONVEX Q(metrics:live)] at org.example.Secret")],
    ["an application error without code", new ConvexError("just text")],
    ["an application error with a numeric code", new ConvexError({ code: 7, message: "seven" })],
  ])("has a plain sentence for %s", (_kind, error) => {
    expect(failureOf(error)).toEqual({
      code: "internal",
      message: "The server could not answer this query.",
    });
  });
});
