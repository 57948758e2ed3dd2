import { formatAge, formatTimeOfDay, timeZoneName } from "../format/times";
import { freshnessLevel, type FreshnessLevel } from "./freshness";

type FreshnessIndicatorProps = {
  /** Up to when the data is complete; undefined until the server has said so. */
  aggregatedTo: number | undefined;
  ageMs: number;
};

const remarks: Record<FreshnessLevel, string> = { fresh: "", late: "late", stale: "old" };

/** The age of the data in numbers, and past the thresholds in a word and a colour as well. */
export function FreshnessIndicator({ aggregatedTo, ageMs }: FreshnessIndicatorProps) {
  if (aggregatedTo === undefined) {
    return (
      <div className="freshness" data-testid="freshness" data-level="unknown">
        age of data not known yet
      </div>
    );
  }
  const level = freshnessLevel(ageMs);
  return (
    <div
      className="freshness"
      data-testid="freshness"
      data-level={level}
      data-value={ageMs}
      title={`Times are in ${timeZoneName()}`}
    >
      {level !== "fresh" && <strong className="freshness-remark">{remarks[level]}</strong>}
      <span className="freshness-age">{formatAge(ageMs)}</span> behind · data to{" "}
      <time dateTime={new Date(aggregatedTo).toISOString()}>{formatTimeOfDay(aggregatedTo)}</time>
    </div>
  );
}
