import { createContext, useContext, useEffect, useRef } from "react";
import type { Point } from "../metric";
import { SeriesPlot, type Plot, type PlotFactory, type SeriesPlotOptions } from "./seriesPlot";

export const PlotFactoryContext = createContext<PlotFactory>(
  (host, options) => new SeriesPlot(host, options),
);

type SeriesChartProps = {
  /** What the chart shows, in words. */
  label: string;
  points: readonly Point[];
  /** Must stay the same object for as long as the chart is to keep its plot. */
  options: SeriesPlotOptions;
};

/** A chart over time. React only mounts it and passes values on; drawing happens outside of rendering. */
export function SeriesChart({ label, points, options }: SeriesChartProps) {
  const createPlot = useContext(PlotFactoryContext);
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(null);

  useEffect(() => {
    if (host.current === null) return;
    const created = createPlot(host.current, options);
    plot.current = created;
    return () => {
      plot.current = null;
      created.destroy();
    };
  }, [createPlot, options]);

  useEffect(() => {
    plot.current?.setPoints(points);
  }, [points, createPlot, options]);

  return (
    <div className="chart" role="img" aria-label={label}>
      <div className="chart-surface" ref={host} />
    </div>
  );
}
