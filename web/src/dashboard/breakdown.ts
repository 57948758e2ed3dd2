import type { BreakdownResult } from "../metric";

/** All that was counted, the rows beyond the limit included. */
export function totalOf({ rows, otherCount }: BreakdownResult): number {
  return rows.reduce((sum, row) => sum + row.count, otherCount);
}

/** The length of a row's bar: the largest row fills the width. */
export function shareOfLargest(count: number, { rows }: BreakdownResult): number {
  const largest = rows[0]?.count ?? 0;
  return largest === 0 ? 0 : count / largest;
}
