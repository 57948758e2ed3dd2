import { describeConnection, type Connection } from "./connection";
import { useNowMs } from "./useNowMs";

/**
 * The connection in words. Only the change of state is announced to screen readers; the seconds that count up
 * stand outside of the live region.
 */
export function ConnectionIndicator({ connection }: { connection: Connection }) {
  const { phase, sinceMs } = connection;
  return (
    <div className="connection" data-testid="connection" data-phase={phase}>
      <span className="connection-dot" aria-hidden="true" />
      <span role="status">{describeConnection(phase)}</span>
      {phase !== "live" && <OutageDuration sinceMs={sinceMs} />}
    </div>
  );
}

function OutageDuration({ sinceMs }: { sinceMs: number }) {
  const nowMs = useNowMs();
  return (
    <span className="connection-duration" aria-hidden="true">
      {Math.max(0, Math.round((nowMs - sinceMs) / 1_000))} s
    </span>
  );
}
