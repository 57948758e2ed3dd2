import type { Plot, PlotFactory, SeriesPlotOptions } from "../charts/seriesPlot";
import type { Point } from "../metric";

/** A plot that remembers what it was given; jsdom has no canvas. */
export class FakePlot implements Plot {
  readonly options: SeriesPlotOptions;
  points: readonly Point[] = [];
  isDestroyed = false;

  constructor(options: SeriesPlotOptions) {
    this.options = options;
  }

  setPoints(points: readonly Point[]): void {
    this.points = points;
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

/** A factory together with the plots that it made. */
export function fakePlots(): { plots: FakePlot[]; createPlot: PlotFactory } {
  const plots: FakePlot[] = [];
  return {
    plots,
    createPlot: (_host, options) => {
      const plot = new FakePlot(options);
      plots.push(plot);
      return plot;
    },
  };
}
