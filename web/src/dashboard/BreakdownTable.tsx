import { formatCount } from "../format/numbers";
import type { BreakdownResult } from "../metric";
import { Bar } from "./Bar";
import { shareOfLargest, totalOf } from "./breakdown";
import { BreakdownEmpty } from "./BreakdownEmpty";
import type { Widget } from "./widget";

/** Rows of a breakdown with their counts and unique users. */
export function BreakdownTable({ widget, result }: { widget: Widget; result: BreakdownResult }) {
  const total = totalOf(result);
  if (total === 0) return <BreakdownEmpty widget={widget} />;
  return (
    <div className="breakdown" data-testid={`value-${widget.id}`} data-value={total}>
      <table className="breakdown-table">
        <thead>
          <tr>
            <th scope="col">{columnTitle(widget)}</th>
            <th scope="col">Count</th>
            <th scope="col">Users</th>
          </tr>
        </thead>
        <tbody>
          {result.rows.map(({ key, count, uniqueUsers }) => (
            <tr key={key} data-key={key} data-value={count}>
              <th scope="row" title={key}>
                <Bar share={shareOfLargest(count, result)} />
                <span className="bar-key">{key}</span>
              </th>
              <td>{formatCount(count)}</td>
              <td>{formatCount(uniqueUsers)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {result.otherCount > 0 && (
        <p className="breakdown-other">
          <span>all others</span>
          <span>{formatCount(result.otherCount)}</span>
        </p>
      )}
    </div>
  );
}

function columnTitle({ metric }: Widget): string {
  if (metric.kind !== "breakdown" || metric.by !== "name") return "Value";
  return metric.match.eventType === "page_view" ? "Page" : "Name";
}
