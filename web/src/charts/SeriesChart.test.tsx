import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlots } from "../testing/fakePlot";
import { pointsOf } from "../testing/fixtures";
import { PlotFactoryContext, SeriesChart } from "./SeriesChart";
import type { SeriesPlotOptions } from "./seriesPlot";

const options: SeriesPlotOptions = {
  style: "line",
  hasAxes: true,
  intervalMs: 1_000,
  minimumCeiling: 1,
  formatAxis: String,
  formatValue: String,
};

test("new points reach the one plot that stays for as long as the chart does", () => {
  const { plots, createPlot } = fakePlots();
  const chart = (label: string, ...values: number[]) => (
    <PlotFactoryContext value={createPlot}>
      <SeriesChart label={label} points={pointsOf(...values)} options={options} />
    </PlotFactoryContext>
  );
  const { rerender, unmount } = render(chart("latest 2", 1, 2, 3));
  rerender(chart("latest 3", 2, 3, 4));

  expect(plots).toHaveLength(1);
  expect(plots[0]?.points.map((point) => point.value)).toEqual([2, 3, 4]);
  expect(screen.getByRole("img", { name: "latest 3" })).toBeDefined();

  unmount();
  expect(plots[0]?.isDestroyed).toBe(true);
});

test("other options make another plot, which gets the points as well", () => {
  const { plots, createPlot } = fakePlots();
  const points = pointsOf(1, 2);
  const chart = (withOptions: SeriesPlotOptions) => (
    <PlotFactoryContext value={createPlot}>
      <SeriesChart label="chart" points={points} options={withOptions} />
    </PlotFactoryContext>
  );
  const { rerender } = render(chart(options));
  rerender(chart({ ...options, style: "bars" }));

  expect(plots.map((plot) => plot.isDestroyed)).toEqual([true, false]);
  expect(plots[1]?.points).toBe(points);
});
