const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Shown where there is no value at all, as opposed to a value of zero. */
export const noValue = "–";

/** `12,345`; from a million on `1.2M`, so that a headline never outgrows its tile. */
export function formatCount(count: number): string {
  return Math.abs(count) < 1_000_000 ? grouped.format(count) : compact.format(count);
}

/** `12,345,678`, for tooltips beside a compact number. */
export function formatFullCount(count: number): string {
  return grouped.format(count);
}

/** `12K`, for axes and narrow columns. */
export function formatCompact(count: number): string {
  return compact.format(count);
}

/** A rate: one decimal below a hundred, where it matters. */
export function formatRate(rate: number): string {
  return Math.abs(rate) < 99.95 ? rate.toFixed(1) : grouped.format(rate);
}

/** A ratio between 0 and 1 as a percentage: `3.42 %`, `34.2 %`. */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  return `${percent.toFixed(Math.abs(percent) < 9.995 ? 2 : 1)} %`;
}

/** A percentage without needless decimals, for axes: `5 %`, `0.5 %`. */
export function formatAxisPercent(ratio: number): string {
  return `${String(Number((ratio * 100).toFixed(2)))} %`;
}
