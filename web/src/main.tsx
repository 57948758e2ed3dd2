import { ConvexReactClient } from "convex/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { createAuthClient } from "./session/authClient";
import { Session } from "./session/session";
import { SessionContext } from "./session/SessionContext";
import { hasTokenFragment, takeTokenFromFragment } from "./session/tokenFragment";
import "./styles/main.css";
import { startTheme } from "./theme/theme";

startTheme();

const linkToken = takeTokenFromFragment(window.location, window.history);
const session = new Session(createAuthClient(), window.localStorage, linkToken);
session.followOtherTabs(window);
// A sign-in link that is opened in a tab which shows the app already only changes the fragment.
window.addEventListener("hashchange", () => {
  if (hasTokenFragment(window.location)) window.location.reload();
});

// The server that served this page is also the one that Convex's protocol is spoken with.
const client = new ConvexReactClient(window.location.origin);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
createRoot(root).render(
  <StrictMode>
    <SessionContext value={session}>
      <App client={client} />
    </SessionContext>
  </StrictMode>,
);
