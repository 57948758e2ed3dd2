import { useMemo } from "react";
import { describeSeries } from "../charts/series";
import { SeriesChart } from "../charts/SeriesChart";
import type { SeriesPlotOptions } from "../charts/seriesPlot";
import { formatCompact, formatCount, formatFullCount, formatPercent } from "../format/numbers";
import { formatWindow } from "../format/times";
import { isSeriesResult, millisecondsOf, type Interval, type TotalResult } from "../metric";
import { Headline } from "./Headline";
import { defaultInterval, type Widget } from "./widget";

/** The total of the window; beside it the buckets it is made of, where the metric has any. */
export function NumberContent({ widget, result }: { widget: Widget; result: TotalResult }) {
  const interval = widget.interval ?? defaultInterval;
  const options = useMemo(() => sparklineOptions(interval), [interval]);
  const isRatio = widget.metric.kind === "ratio";
  const format = isRatio ? formatPercent : formatCount;
  return (
    <div className="number-content">
      <Headline
        widgetId={widget.id}
        value={result.total}
        text={format(result.total)}
        {...(!isRatio && { title: formatFullCount(result.total) })}
      />
      {isSeriesResult(result) ? (
        <SeriesChart
          label={describeSeries({
            title: `${widget.title} by ${interval}`,
            window: formatWindow(widget.range.lastSeconds),
            points: result.points,
            format,
          })}
          points={result.points}
          options={options}
        />
      ) : (
        <p className="caption">{result.total === 0 ? "nobody at the moment" : "at this moment"}</p>
      )}
    </div>
  );
}

function sparklineOptions(interval: Interval): SeriesPlotOptions {
  return {
    style: "bars",
    hasAxes: false,
    intervalMs: millisecondsOf(interval),
    minimumCeiling: 1,
    formatAxis: formatCompact,
    formatValue: formatCount,
  };
}
