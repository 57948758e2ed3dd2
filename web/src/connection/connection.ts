/** Whether the page hears from the server. This says nothing about how old the data is: see freshness. */

export type ConnectionPhase = "connecting" | "live" | "reconnecting" | "offline";

export type Connection = { phase: ConnectionPhase; sinceMs: number };

export type ConnectionSignals = {
  isWebSocketConnected: boolean;
  hasEverConnected: boolean;
  /** What the browser says of its network. */
  isOnline: boolean;
};

/** After so long without the server, "reconnecting" would be a euphemism. */
export const offlineAfterMs = 20_000;

/** The connection after the signals, given what it was before them. `sinceMs` of an outage is its beginning. */
export function nextConnection(
  previous: Connection | undefined,
  signals: ConnectionSignals,
  nowMs: number,
): Connection {
  const phase = phaseOf(previous, signals, nowMs);
  if (previous === undefined) return { phase, sinceMs: nowMs };
  if (previous.phase === phase) return previous;
  return { phase, sinceMs: isOutage(previous.phase) && isOutage(phase) ? previous.sinceMs : nowMs };
}

function phaseOf(
  previous: Connection | undefined,
  { isWebSocketConnected, hasEverConnected, isOnline }: ConnectionSignals,
  nowMs: number,
): ConnectionPhase {
  if (isWebSocketConnected) return "live";
  const outageMs = previous === undefined || !isOutage(previous.phase) ? 0 : nowMs - previous.sinceMs;
  if (!isOnline || outageMs >= offlineAfterMs) return "offline";
  return hasEverConnected ? "reconnecting" : "connecting";
}

function isOutage(phase: ConnectionPhase): boolean {
  return phase !== "live";
}

/** The state in words. */
export function describeConnection(phase: ConnectionPhase): string {
  switch (phase) {
    case "connecting":
      return "Connecting";
    case "live":
      return "Live";
    case "reconnecting":
      return "Reconnecting";
    case "offline":
      return "Offline";
  }
}
