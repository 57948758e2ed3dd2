import type { Widget } from "./widget";

const breakdownRows = [88, 71, 60, 52, 40, 31, 24, 18];

/** Holds the place of a value that is not there yet, in the shape it will have. */
export function TilePlaceholder({ widget, isComputing }: { widget: Widget; isComputing: boolean }) {
  const isBreakdown = widget.kind === "bars" || widget.kind === "table";
  return (
    <div className="placeholder" aria-busy="true">
      <span className="visually-hidden">{isComputing ? "Computing the first value" : "Loading"}</span>
      {isBreakdown ? (
        breakdownRows.map((percent) => (
          <div key={percent} className="placeholder-row" style={{ inlineSize: `${percent}%` }} />
        ))
      ) : (
        <>
          <div className="placeholder-headline" />
          {widget.metric.kind !== "activeSessions" && <div className="placeholder-chart" />}
        </>
      )}
      {isComputing && <p className="placeholder-caption">computing the first value…</p>}
    </div>
  );
}
