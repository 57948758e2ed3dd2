import { memo, useId, type CSSProperties } from "react";
import { formatWindow } from "../format/times";
import type { MetricState } from "./metricState";
import { TileBody } from "./TileBody";
import { TileErrorBoundary } from "./TileErrorBoundary";
import type { Widget, WidgetLayout } from "./widget";

type TileProps = { widget: Widget; state: MetricState };

/** One widget in its place on the grid. Whatever goes wrong inside stays inside. */
export const Tile = memo(function Tile({ widget, state }: TileProps) {
  const titleId = useId();
  return (
    <section
      className={`tile tile-${widget.kind}`}
      style={placeOf(widget.layout)}
      aria-labelledby={titleId}
      data-testid={`tile-${widget.id}`}
      data-status={state.status}
    >
      <header className="tile-header">
        <h2 id={titleId}>{widget.title}</h2>
        <TileNotes state={state} />
        <span className="tile-window">{formatWindow(widget.range.lastSeconds)}</span>
      </header>
      <TileErrorBoundary widgetId={widget.id}>
        <TileBody widget={widget} state={state} />
      </TileErrorBoundary>
    </section>
  );
});

/** How the value came about, where that deserves a word. */
function TileNotes({ state }: { state: MetricState }) {
  if (state.status !== "value" || typeof state.value !== "object" || state.value === null) return null;
  const isApproximate = "approximate" in state.value && state.value.approximate === true;
  const isDelayed = "delayed" in state.value && state.value.delayed === true;
  return (
    <>
      {state.isOutdated && <span className="tile-note">updating…</span>}
      {isApproximate && (
        <span className="tile-note" title="Within 1 % of the exact number">
          approximate
        </span>
      )}
      {isDelayed && (
        <span className="tile-note" title="Read from the event store, at most once a second">
          each second
        </span>
      )}
    </>
  );
}

function placeOf({ x, y, w, h }: WidgetLayout): CSSProperties {
  const place: Record<`--${string}`, number> = { "--x": x + 1, "--y": y + 1, "--w": w, "--h": h };
  return place;
}
