import { useMemo } from "react";
import { currentRate, describeSeries } from "../charts/series";
import { SeriesChart } from "../charts/SeriesChart";
import type { SeriesPlotOptions } from "../charts/seriesPlot";
import {
  formatAxisPercent,
  formatCompact,
  formatCount,
  formatPercent,
  formatRate,
  noValue,
} from "../format/numbers";
import { formatWindow } from "../format/times";
import { millisecondsOf, type Interval, type Metric, type SeriesResult } from "../metric";
import { Headline } from "./Headline";
import { defaultInterval, type Widget } from "./widget";

/** A line over the window, led by the number that matters now. */
export function TimeseriesContent({ widget, result }: { widget: Widget; result: SeriesResult }) {
  const interval = widget.interval ?? defaultInterval;
  const isRatio = widget.metric.kind === "ratio";
  const options = useMemo(() => lineOptions(interval, isRatio), [interval, isRatio]);
  const isEmpty = result.points.every((point) => point.value === 0);
  return (
    <div className="timeseries-content">
      <CurrentValue widget={widget} interval={interval} result={result} />
      <SeriesChart
        label={describeSeries({
          title: widget.title,
          window: formatWindow(widget.range.lastSeconds),
          points: result.points,
          format: options.formatValue,
        })}
        points={result.points}
        options={options}
      />
      {isEmpty && <p className="chart-remark">{emptyRemark(widget.metric)}</p>}
    </div>
  );
}

type CurrentValueProps = { widget: Widget; interval: Interval; result: SeriesResult };

/** A ratio holds for its whole window; a count is told as its rate over the last full buckets. */
function CurrentValue({ widget, interval, result }: CurrentValueProps) {
  if (widget.metric.kind === "ratio") {
    return <Headline widgetId={widget.id} value={result.total} text={formatPercent(result.total)} />;
  }
  const rate = interval === "second" ? currentRate(result.points) : currentRate(result.points, 1);
  const text = rate === undefined ? noValue : formatRate(rate);
  return <Headline widgetId={widget.id} value={rate} text={text} unit={`a ${interval}`} />;
}

function emptyRemark(metric: Metric): string {
  return metric.kind === "ratio" ? "none in this window" : "no events in this window";
}

function lineOptions(interval: Interval, isRatio: boolean): SeriesPlotOptions {
  return {
    style: "line",
    hasAxes: true,
    intervalMs: millisecondsOf(interval),
    minimumCeiling: isRatio ? 0.01 : 4,
    formatAxis: isRatio ? formatAxisPercent : formatCompact,
    formatValue: isRatio ? formatPercent : formatCount,
  };
}
