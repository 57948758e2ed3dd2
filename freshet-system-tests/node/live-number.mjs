// Signs in to a fresh server's page, posts events and waits for the number on the page to become right, without a reload.
// Arguments: URL, e-mail, password, write key. Prints one line of JSON.
import { openBrowser } from "./browser.mjs";
import { post, showsEvents, signIn } from "./live-page.mjs";
import { watchProblems } from "./page-problems.mjs";

const [url, email, password, writeKey] = process.argv.slice(2);
const limitMs = 30_000;

const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const problems = watchProblems(page, url);
  await signIn(page, url, email, password);
  await showsEvents(page, 0, limitMs);
  await page.evaluate(() => {
    window.notReloaded = true;
  });

  const sentAtMs = Date.now();
  await post(url, writeKey, [
    { event_type: "page_view", name: "/pricing", user_id: "ada", session_id: "s1" },
    { event_type: "page_view", name: "/docs", user_id: "grace", session_id: "s2" },
    { event_type: "error_occurred", name: "500", user_id: "grace", session_id: "s2" },
  ]);
  await showsEvents(page, 3, limitMs);
  const shownAfterMs = Date.now() - sentAtMs;
  await post(url, writeKey, { event_type: "feature_used", name: "export", user_id: "ada", session_id: "s1" });
  await showsEvents(page, 4, limitMs);

  // Tiles of other windows may follow a moment later.
  const becomes = (id, value) =>
    page.waitForSelector(`[data-testid=value-${id}][data-value='${value}']`, { timeout: limitMs });
  await becomes("active-sessions", 2);
  await becomes("error-rate", 0.25);
  await becomes("top-pages", 2);
  await page.waitForSelector("[data-testid=connection][data-phase=live]", { timeout: limitMs });
  console.log(
    JSON.stringify({ isSamePage: await page.evaluate(() => window.notReloaded === true), shownAfterMs, problems }),
  );
} finally {
  await browser.close();
}
