import { useConvex } from "convex/react";
import { useState, useSyncExternalStore } from "react";
import { ConnectionIndicator } from "../connection/ConnectionIndicator";
import { ConnectionMonitor } from "../connection/connectionMonitor";
import { FreshnessIndicator } from "../connection/FreshnessIndicator";
import { freshnessLevel } from "../connection/freshness";
import { useNowMs } from "../connection/useNowMs";
import { useSession } from "../session/SessionContext";
import { ThemeSwitch } from "../theme/ThemeSwitch";
import { Wordmark } from "../Wordmark";
import { ageOf, metricStateOf } from "./snapshot";
import { Tile } from "./Tile";
import { useSnapshot } from "./useSnapshot";
import type { Dashboard } from "./widget";

/** A dashboard with the state of its connection and the age of its data in sight. */
export function DashboardPage({ dashboard }: { dashboard: Dashboard }) {
  const session = useSession();
  const convex = useConvex();
  const [monitor] = useState(() => new ConnectionMonitor(convex));
  const connection = useSyncExternalStore(monitor.subscribe, monitor.connection);
  const snapshot = useSnapshot(dashboard.widgets);
  const nowMs = useNowMs();
  const ageMs = snapshot.freshness === undefined ? 0 : ageOf(snapshot.freshness, nowMs);

  return (
    <div className="page">
      <header className="page-header">
        <Wordmark />
        <h1>{dashboard.name}</h1>
        <div className="page-state">
          <FreshnessIndicator aggregatedTo={snapshot.freshness?.aggregatedTo} ageMs={ageMs} />
          <ConnectionIndicator connection={connection} />
        </div>
        <div className="page-actions">
          <ThemeSwitch />
          <button
            type="button"
            className="quiet-button"
            onClick={() => {
              session.signOut();
            }}
          >
            Sign out
          </button>
        </div>
      </header>
      <main className="grid" data-level={freshnessLevel(ageMs)}>
        {dashboard.widgets.map((widget) => (
          <Tile key={widget.id} widget={widget} state={metricStateOf(snapshot, widget)} />
        ))}
      </main>
    </div>
  );
}
