import { ConvexProviderWithAuth, useConvexAuth, type ConvexReactClient } from "convex/react";
import { useEffect } from "react";
import { builtInDashboard } from "./dashboard/builtInDashboard";
import { DashboardPage } from "./dashboard/DashboardPage";
import { useSession, useSessionState } from "./session/SessionContext";
import { SignInPage } from "./session/SignInPage";
import { subjectOf } from "./session/tokenClaims";

/** The sign-in page, or the dashboard over an authenticated connection. */
export function App({ client }: { client: ConvexReactClient }) {
  const state = useSessionState();
  if (state.status === "signedOut") return <SignInPage reason={state.reason} />;
  // Keyed by person: signing in as someone else in another tab starts afresh here, too.
  return (
    <ConvexProviderWithAuth key={subjectOf(state.token)} client={client} useAuth={useSessionAuth}>
      <ExpireRejectedSession />
      <DashboardPage dashboard={builtInDashboard} />
    </ConvexProviderWithAuth>
  );
}

/** What Convex's provider asks of whoever holds the token. */
function useSessionAuth() {
  const { fetchToken } = useSession();
  return { isLoading: false, isAuthenticated: true, fetchAccessToken: fetchToken };
}

/** Ends the session once the server has turned its token down for good. */
function ExpireRejectedSession() {
  const session = useSession();
  const { isLoading, isAuthenticated } = useConvexAuth();
  const isRejected = !isLoading && !isAuthenticated;
  useEffect(() => {
    if (isRejected) session.expire();
  }, [isRejected, session]);
  return null;
}
