import { formatCount, formatFullCount, formatPercent } from "../format/numbers";
import type { BreakdownResult } from "../metric";
import { Bar } from "./Bar";
import { shareOfLargest, totalOf } from "./breakdown";
import { BreakdownEmpty } from "./BreakdownEmpty";
import type { Widget } from "./widget";

/** Rows of a breakdown, each over a bar that shows its size beside the largest. */
export function BreakdownBars({ widget, result }: { widget: Widget; result: BreakdownResult }) {
  const total = totalOf(result);
  if (total === 0) return <BreakdownEmpty widget={widget} />;
  return (
    <div className="breakdown" data-testid={`value-${widget.id}`} data-value={total}>
      <ol className="bars">
        {result.rows.map(({ key, count, uniqueUsers }) => (
          <li
            key={key}
            className="bar-row"
            data-key={key}
            data-value={count}
            title={`${key}: ${formatFullCount(count)} (${formatPercent(count / total)}), ${formatFullCount(uniqueUsers)} users`}
          >
            <Bar share={shareOfLargest(count, result)} />
            <span className="bar-key">{key}</span>
            <span className="bar-count">{formatCount(count)}</span>
          </li>
        ))}
      </ol>
      {result.otherCount > 0 && (
        <p className="breakdown-other">
          <span>all others</span>
          <span>{formatCount(result.otherCount)}</span>
        </p>
      )}
    </div>
  );
}
