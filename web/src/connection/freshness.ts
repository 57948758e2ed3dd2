/** How old the data on screen is. This says nothing about the connection: data can be old on a live one. */

export type FreshnessLevel = "fresh" | "late" | "stale";

export const lateAfterMs = 5_000;
export const staleAfterMs = 30_000;

export function freshnessLevel(ageMs: number): FreshnessLevel {
  if (ageMs > staleAfterMs) return "stale";
  return ageMs > lateAfterMs ? "late" : "fresh";
}
