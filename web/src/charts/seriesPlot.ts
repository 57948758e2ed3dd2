import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatHourAndMinute, formatTimeOfDay } from "../format/times";
import type { Point } from "../metric";
import { onThemeChange } from "../theme/theme";
import { frames } from "./frameScheduler";
import { niceCeiling } from "./series";

export type ChartStyle = "line" | "bars";

export type SeriesPlotOptions = {
  style: ChartStyle;
  /** Axes and grid; without them the chart is a sparkline. */
  hasAxes: boolean;
  intervalMs: number;
  /** The vertical axis reaches at least this far, so that noise around zero does not look like mountains. */
  minimumCeiling: number;
  /** For axis labels. */
  formatAxis: (value: number) => string;
  /** For the value under the pointer. */
  formatValue: (value: number) => string;
};

/** What the chart component needs of a plot; tests put their own in its place. */
export type Plot = {
  setPoints(points: readonly Point[]): void;
  destroy(): void;
};

export type PlotFactory = (host: HTMLElement, options: SeriesPlotOptions) => Plot;

type Palette = { line: string; area: string; unfinished: string; grid: string; text: string };

type PlotData = [times: Float64Array, values: Float64Array];

const axisFont = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const dash = [3, 3];
/** Half the width of the widest time on the axis, in CSS pixels, less the padding beside the plot. */
const halfTimeLabel = 18;

/**
 * One uPlot instance that lives as long as its tile. Values and sizes are only noted when they arrive and are
 * handed to uPlot in the frame that all charts share.
 */
export class SeriesPlot implements Plot {
  readonly #options: SeriesPlotOptions;
  readonly #readout: HTMLElement;
  readonly #uplot: uPlot;
  readonly #resizes: ResizeObserver;
  readonly #stopFollowingTheme: () => void;
  #palette: Palette;
  #data: PlotData = [new Float64Array(0), new Float64Array(0)];
  #size: { width: number; height: number };
  #hasNewData = false;

  constructor(host: HTMLElement, options: SeriesPlotOptions) {
    this.#options = options;
    this.#palette = paletteOf(host);
    this.#size = { width: host.clientWidth, height: host.clientHeight };
    this.#uplot = new uPlot(this.#uplotOptions(), this.#data, host);
    this.#readout = document.createElement("div");
    this.#readout.className = "chart-readout";
    this.#readout.hidden = true;
    host.append(this.#readout);
    this.#resizes = new ResizeObserver(() => {
      this.#size = { width: host.clientWidth, height: host.clientHeight };
      frames.request(this);
    });
    this.#resizes.observe(host);
    this.#stopFollowingTheme = onThemeChange(() => {
      this.#palette = paletteOf(host);
      this.#uplot.redraw(false, true);
    });
  }

  setPoints(points: readonly Point[]): void {
    this.#data = [
      Float64Array.from(points, (point) => point.t),
      Float64Array.from(points, (point) => point.value),
    ];
    this.#hasNewData = true;
    frames.request(this);
  }

  draw(): void {
    const { width, height } = this.#size;
    if (width !== this.#uplot.width || height !== this.#uplot.height) this.#uplot.setSize({ width, height });
    if (!this.#hasNewData) return;
    this.#hasNewData = false;
    const [times, values] = this.#data;
    // The same values twice: once for the buckets that are over, once for the one that is not.
    this.#uplot.setData([times, values, values]);
  }

  destroy(): void {
    frames.cancel(this);
    this.#stopFollowingTheme();
    this.#resizes.disconnect();
    this.#uplot.destroy();
    this.#readout.remove();
  }

  #uplotOptions(): uPlot.Options {
    const { style, intervalMs, minimumCeiling, hasAxes } = this.#options;
    const sidePadding = style === "bars" ? intervalMs / 2 : 0;
    return {
      ...this.#size,
      ms: 1,
      padding: hasAxes ? [8, 8, 0, 0] : [4, 1, 1, 1],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { setScale: false, x: false, y: false },
      },
      scales: {
        x: {
          time: true,
          range: (_plot, first, last) => [first - sidePadding, last + sidePadding],
        },
        y: { range: (_plot, _lowest, highest) => [0, niceCeiling(Math.max(highest, minimumCeiling))] },
      },
      axes: hasAxes ? [this.#timeAxis(), this.#valueAxis()] : [{ show: false }, { show: false }],
      series: [{}, this.#finishedSeries(), this.#unfinishedSeries()],
      hooks: {
        setCursor: [
          (plot) => {
            this.#showReadout(plot.cursor.idx ?? undefined);
          },
        ],
      },
    };
  }

  #finishedSeries(): uPlot.Series {
    const isBars = this.#options.style === "bars";
    return {
      width: isBars ? 0 : 1.75,
      stroke: () => this.#palette.line,
      fill: () => (isBars ? this.#palette.line : this.#palette.area),
      points: { show: false },
      paths: pathsBetween(this.#options.style, (lastIndex) => [0, lastIndex - 1]),
    };
  }

  #unfinishedSeries(): uPlot.Series {
    const isBars = this.#options.style === "bars";
    const series: uPlot.Series = {
      width: isBars ? 0 : 1.75,
      stroke: () => this.#palette.line,
      points: { show: false },
      paths: pathsBetween(this.#options.style, (lastIndex) => [
        isBars ? lastIndex : lastIndex - 1,
        lastIndex,
      ]),
    };
    return isBars ? { ...series, fill: () => this.#palette.unfinished } : { ...series, dash };
  }

  #timeAxis(): uPlot.Axis {
    const format = this.#options.intervalMs < 60_000 ? formatTimeOfDay : formatHourAndMinute;
    return {
      font: axisFont,
      size: 24,
      gap: 6,
      space: 88,
      stroke: () => this.#palette.text,
      grid: { show: false },
      ticks: { show: false },
      // A label that the edge would cut in half is left out; on the left there is room for it.
      values: (plot, splits) => {
        const width = plot.bbox.width / uPlot.pxRatio;
        return splits.map((split) =>
          plot.valToPos(split, "x") > width - halfTimeLabel ? null : format(split),
        );
      },
    };
  }

  #valueAxis(): uPlot.Axis {
    return {
      font: axisFont,
      size: 44,
      gap: 8,
      space: 30,
      stroke: () => this.#palette.text,
      grid: { width: 1, stroke: () => this.#palette.grid },
      ticks: { show: false },
      values: (_plot, splits) => splits.map(this.#options.formatAxis),
    };
  }

  #showReadout(index: number | undefined): void {
    const time = index === undefined ? undefined : this.#data[0][index];
    const value = index === undefined ? undefined : this.#data[1][index];
    this.#readout.hidden = time === undefined || value === undefined;
    if (time === undefined || value === undefined) return;
    const format = this.#options.intervalMs < 60_000 ? formatTimeOfDay : formatHourAndMinute;
    const isUnfinished = index === this.#data[0].length - 1;
    const suffix = isUnfinished ? " so far" : "";
    this.#readout.textContent = `${format(time)}  ${this.#options.formatValue(value)}${suffix}`;
  }
}

/** Draws only a part of the points; uPlot itself would draw all that are in view. */
function pathsBetween(
  style: ChartStyle,
  indexes: (lastIndex: number) => [from: number, to: number],
): uPlot.Series.PathBuilder {
  const build =
    style === "bars" ? uPlot.paths.bars?.({ size: [0.72], radius: 0.15 }) : uPlot.paths.linear?.();
  return (plot, seriesIndex) => {
    const [from, to] = indexes(plot.data[0].length - 1);
    if (build === undefined || from < 0 || to < from) return null;
    return build(plot, seriesIndex, from, to);
  };
}

function paletteOf(host: HTMLElement): Palette {
  const style = getComputedStyle(host);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: token("--chart-line"),
    area: token("--chart-area"),
    unfinished: token("--chart-unfinished"),
    grid: token("--chart-grid"),
    text: token("--text-quiet"),
  };
}
