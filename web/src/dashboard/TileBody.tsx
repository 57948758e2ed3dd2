import { isBreakdownResult, isSeriesResult, isTotalResult } from "../metric";
import { BreakdownBars } from "./BreakdownBars";
import { BreakdownTable } from "./BreakdownTable";
import type { MetricState } from "./metricState";
import { NumberContent } from "./NumberContent";
import { TileFailure } from "./TileFailure";
import { TilePlaceholder } from "./TilePlaceholder";
import { TimeseriesContent } from "./TimeseriesContent";
import type { Widget } from "./widget";

export function TileBody({ widget, state }: { widget: Widget; state: MetricState }) {
  switch (state.status) {
    case "loading":
    case "computing":
      return <TilePlaceholder widget={widget} isComputing={state.status === "computing"} />;
    case "failed":
      return <TileFailure code={state.code} message={state.message} />;
    case "value":
      return <TileContent widget={widget} result={state.value} />;
  }
}

/** The value in the widget's way of showing it, provided that the two go together. */
function TileContent({ widget, result }: { widget: Widget; result: unknown }) {
  switch (widget.kind) {
    case "number":
      if (isTotalResult(result)) return <NumberContent widget={widget} result={result} />;
      break;
    case "timeseries":
      if (isSeriesResult(result)) return <TimeseriesContent widget={widget} result={result} />;
      break;
    case "bars":
      if (isBreakdownResult(result)) return <BreakdownBars widget={widget} result={result} />;
      break;
    case "table":
      if (isBreakdownResult(result)) return <BreakdownTable widget={widget} result={result} />;
      break;
  }
  return <TileFailure code="unsuitable_value" message="This tile cannot show the value of its metric." />;
}
