const timeOfDay = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const hourAndMinute = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** `12:03:41` in the browser's time zone. */
export function formatTimeOfDay(epochMs: number): string {
  return timeOfDay.format(epochMs);
}

/** `12:03` in the browser's time zone. */
export function formatHourAndMinute(epochMs: number): string {
  return hourAndMinute.format(epochMs);
}

/** The time zone that the formatted times are in, such as `Europe/Berlin`. */
export function timeZoneName(): string {
  return timeOfDay.resolvedOptions().timeZone;
}

/** An age in the coarsest unit that still tells something: `0.4 s`, `12 s`, `3 min`, `2 h`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.max(0, ageMs) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

/** A window in words: `last 5 minutes`. */
export function formatWindow(lastSeconds: number): string {
  if (lastSeconds < 120) return `last ${lastSeconds} seconds`;
  if (lastSeconds < 7_200) return `last ${Math.round(lastSeconds / 60)} minutes`;
  return `last ${Math.round(lastSeconds / 3_600)} hours`;
}
