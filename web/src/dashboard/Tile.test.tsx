import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { PlotFactoryContext } from "../charts/SeriesChart";
import type { PlotFactory } from "../charts/seriesPlot";
import { fakePlots } from "../testing/fakePlot";
import {
  emptyBreakdown,
  errorRateWidget,
  eventsWidget,
  featuresWidget,
  pages,
  pagesWidget,
  rateWidget,
  seriesOf,
  sessionsWidget,
} from "../testing/fixtures";
import type { MetricState } from "./metricState";
import { Tile } from "./Tile";
import type { Widget } from "./widget";

function valueState(value: unknown): MetricState {
  return { status: "value", value, isOutdated: false };
}

function show(widget: Widget, state: MetricState, createPlot: PlotFactory = fakePlots().createPlot) {
  const tile = (current: MetricState) => (
    <PlotFactoryContext value={createPlot}>
      <Tile widget={widget} state={current} />
    </PlotFactoryContext>
  );
  const { rerender } = render(tile(state));
  return {
    tile: screen.getByRole("region", { name: widget.title }),
    update: (next: MetricState) => {
      rerender(tile(next));
    },
  };
}

function valueOf(widget: Widget): string | undefined {
  return screen.getByTestId(`value-${widget.id}`).dataset.value;
}

describe("a number", () => {
  test("is readable, exact for scripts and in full in its tooltip", () => {
    const { tile } = show(eventsWidget, valueState(seriesOf(1_000_000, 234_567)));

    expect(within(tile).getByText("1.2M")).toBeDefined();
    expect(within(tile).getByTitle("1,234,567")).toBeDefined();
    expect(valueOf(eventsWidget)).toBe("1234567");
    expect(within(tile).getByText("last 60 minutes")).toBeDefined();
  });

  test("has a sparkline that is described in words", () => {
    const { plots, createPlot } = fakePlots();
    show(eventsWidget, valueState(seriesOf(1, 2, 4, 9)), createPlot);

    expect(
      screen.getByRole("img", {
        name: "Events by minute, last 60 minutes: latest 4, range 1 to 4, rising",
      }),
    ).toBeDefined();
    expect(plots[0]?.options).toMatchObject({ style: "bars", hasAxes: false, intervalMs: 60_000 });
  });

  test("without buckets stands alone, and zero is a value", () => {
    const { tile, update } = show(sessionsWidget, valueState({ total: 0 }));
    expect(valueOf(sessionsWidget)).toBe("0");
    expect(within(tile).getByText("nobody at the moment")).toBeDefined();
    expect(within(tile).queryByRole("img")).toBeNull();

    update(valueState({ total: 7 }));
    expect(valueOf(sessionsWidget)).toBe("7");
    expect(within(tile).getByText("at this moment")).toBeDefined();
  });

  test("that is a ratio is a percentage, without a tooltip that rounds it to a whole", () => {
    const { tile } = show({ ...errorRateWidget, kind: "number" }, valueState({ total: 0.034 }));

    expect(within(tile).getByText("3.40 %")).toBeDefined();
    expect(within(tile).queryByTitle("0")).toBeNull();
  });
});

describe("a time series", () => {
  test("leads with the rate of full seconds, not of the one that is filling up", () => {
    const { tile } = show(rateWidget, valueState(seriesOf(10, 20, 999)));

    expect(valueOf(rateWidget)).toBe("15");
    expect(within(tile).getByText("15.0")).toBeDefined();
    expect(within(tile).getByText("a second")).toBeDefined();
  });

  test("shows a dash, which is not a zero, while no second is over", () => {
    const { tile } = show(rateWidget, valueState(seriesOf(5)));

    expect(within(tile).getByText("–")).toBeDefined();
    expect(valueOf(rateWidget)).toBeUndefined();
  });

  test("by minute is told by its last full minute", () => {
    show({ ...rateWidget, interval: "minute" }, valueState(seriesOf(10, 20, 999)));

    expect(valueOf(rateWidget)).toBe("20");
    expect(screen.getByText("a minute")).toBeDefined();
  });

  test("of a ratio leads with the ratio of the whole window", () => {
    const { plots, createPlot } = fakePlots();
    const { points } = seriesOf(0.1, 0.5, 0);
    const { tile } = show(errorRateWidget, valueState({ total: 0.25, points }), createPlot);

    expect(valueOf(errorRateWidget)).toBe("0.25");
    expect(within(tile).getByText("25.0 %")).toBeDefined();
    expect(plots[0]?.options.formatAxis(0.05)).toBe("5 %");
    expect(screen.getByRole("img").getAttribute("aria-label")).toContain("range 10.0 % to 50.0 %");
  });

  test("says in words that nothing happened", () => {
    const { tile, update } = show(rateWidget, valueState(seriesOf(0, 0, 0)));
    expect(within(tile).getByText("no events in this window")).toBeDefined();

    update(valueState(seriesOf(0, 0, 1)));
    expect(within(tile).queryByText("no events in this window")).toBeNull();
  });

  test("of errors that did not happen says so, too", () => {
    const { tile } = show(errorRateWidget, valueState(seriesOf(0, 0)));

    expect(within(tile).getByText("none in this window")).toBeDefined();
  });
});

describe("a breakdown", () => {
  test("as a table lists counts, users and what the limit cut off", () => {
    const { tile } = show(pagesWidget, valueState(pages));
    const [header, pricing, docs] = within(tile).getAllByRole("row");

    expect(header?.textContent).toBe("PageCountUsers");
    expect(pricing?.textContent).toBe("/pricing1,500900");
    expect(docs?.dataset).toMatchObject({ key: "/docs", value: "300" });
    expect(within(tile).getByText("all others").parentElement?.textContent).toBe("all others200");
    expect(valueOf(pagesWidget)).toBe("2000");
  });

  test("as bars tells share and users in the tooltip", () => {
    const { tile } = show(featuresWidget, valueState(pages));

    expect(within(tile).getByTitle("/docs: 300 (15.0 %), 120 users")).toBeDefined();
    expect(within(tile).getAllByRole("listitem")).toHaveLength(2);
  });

  test("does not mention others where there are none", () => {
    const { tile } = show(featuresWidget, valueState({ ...pages, otherCount: 0 }));

    expect(within(tile).queryByText("all others")).toBeNull();
  });

  test.each([
    [pagesWidget, "No pages viewed in the last 60 minutes.", "page_view"],
    [featuresWidget, "No features used in the last 60 minutes.", "feature_used"],
  ])("without rows says what would appear there", (widget, sentence, eventType) => {
    const { tile } = show(widget, valueState(emptyBreakdown));

    expect(within(tile).getByText(sentence)).toBeDefined();
    expect(within(tile).getByText(eventType)).toBeDefined();
    expect(valueOf(widget)).toBe("0");
  });
});

describe("the state of a tile", () => {
  test.each([
    ["loading", "Loading"],
    ["computing", "Computing the first value"],
  ] as const)("%s is told to screen readers and shows no number", (status, words) => {
    const { tile } = show(eventsWidget, { status });

    expect(tile.dataset.status).toBe(status);
    expect(within(tile).getByText(words)).toBeDefined();
    expect(screen.queryByTestId(`value-${eventsWidget.id}`)).toBeNull();
  });

  test("failed has the server's sentence and code", () => {
    const { tile } = show(pagesWidget, {
      status: "failed",
      code: "unknown_field",
      message: "There is no field colour.",
    });
    const alert = within(tile).getByRole("alert");

    expect(alert.dataset.code).toBe("unknown_field");
    expect(within(alert).getByText("There is no field colour.")).toBeDefined();
  });

  test("a value that does not suit the widget is a failure of this tile, not of the page", () => {
    const { tile } = show(pagesWidget, valueState({ total: 3 }));

    expect(within(tile).getByRole("alert").dataset.code).toBe("unsuitable_value");
  });

  test("approximate and delayed values are marked as such, exact ones are not", () => {
    const { tile, update } = show(pagesWidget, valueState({ ...pages, approximate: true, delayed: true }));
    expect(within(tile).getByText("approximate").title).toBe("Within 1 % of the exact number");
    expect(within(tile).getByText("each second")).toBeDefined();

    update(valueState({ ...pages, approximate: false, delayed: false }));
    expect(within(tile).queryByText("approximate")).toBeNull();
    expect(within(tile).queryByText("each second")).toBeNull();
  });

  test("an outdated value stays in sight with a remark", () => {
    const { tile } = show(eventsWidget, { status: "value", value: { total: 12 }, isOutdated: true });

    expect(within(tile).getByText("12")).toBeDefined();
    expect(within(tile).getByText("updating…")).toBeDefined();
  });

  test("a fault of drawing stays in its tile and can be tried again", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const { createPlot } = fakePlots();
    let isBroken = true;
    const { tile } = show(rateWidget, valueState(seriesOf(1, 2, 3)), (host, options) => {
      if (isBroken) throw new Error("no canvas");
      return createPlot(host, options);
    });
    expect(within(tile).getByRole("alert").dataset.code).toBe("display_failed");
    expect(within(tile).getByText("no canvas")).toBeDefined();

    isBroken = false;
    await userEvent.click(within(tile).getByRole("button", { name: "Try again" }));

    expect(within(tile).queryByRole("alert")).toBeNull();
    expect(valueOf(rateWidget)).toBe("1.5");
  });
});
