// Opens the demo's sign-in link and watches numbers move without a reload. Arguments: link, file for a screenshot.
// Prints one line of JSON.
import { openBrowser } from "./browser.mjs";

const [link, screenshot] = process.argv.slice(2);
const limitMs = 30_000;

const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  await page.goto(link);
  const valueOf = (id) => page.locator(`[data-testid=value-${id}]`).first().getAttribute("data-value");
  await page.waitForFunction(
    () => Number(document.querySelector("[data-testid=value-events-last-hour]")?.getAttribute("data-value")) > 0,
    undefined,
    { timeout: limitMs },
  );
  await page.evaluate(() => {
    window.notReloaded = true;
  });
  const first = Number(await valueOf("events-last-hour"));
  await page.waitForFunction(
    (before) => Number(document.querySelector("[data-testid=value-events-last-hour]")?.getAttribute("data-value")) > before + 20,
    first,
    { timeout: limitMs },
  );
  // The charts have something to show after some seconds of traffic.
  await page.waitForTimeout(Number(process.env.SETTLE_MS ?? 3_000));
  if (screenshot) await page.screenshot({ path: screenshot });
  console.log(
    JSON.stringify({
      isSamePage: await page.evaluate(() => window.notReloaded === true),
      first,
      last: Number(await valueOf("events-last-hour")),
      activeSessions: Number(await valueOf("active-sessions")),
      topPages: Number(await valueOf("top-pages")),
      address: page.url(),
    }),
  );
} finally {
  await browser.close();
}
