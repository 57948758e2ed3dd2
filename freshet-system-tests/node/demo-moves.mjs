// Opens the demo's sign-in link and watches numbers move without a reload. Arguments: link, file for a picture.
// Prints one line of JSON.
import { openBrowser } from "./browser.mjs";
import { watchProblems } from "./page-problems.mjs";

const [link, picture] = process.argv.slice(2);
const limitMs = 60_000;
/** The charts of the picture have something to show by then. */
const eventsInPicture = 2_000;

const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 820 }, colorScheme: "light" });
  const problems = watchProblems(page, link);
  await page.goto(link);
  const valueOf = async (id) =>
    Number(await page.locator(`[data-testid=value-${id}]`).first().getAttribute("data-value"));
  const eventsExceed = (count) =>
    page.waitForFunction(
      (least) => Number(document.querySelector("[data-testid=value-events-last-hour]")?.dataset.value) > least,
      count,
      { timeout: limitMs },
    );
  await eventsExceed(0);
  await page.evaluate(() => {
    window.notReloaded = true;
  });
  const first = await valueOf("events-last-hour");
  await eventsExceed(first + 20);
  if (picture) {
    await eventsExceed(eventsInPicture);
    await page.screenshot({ path: picture });
  }
  console.log(
    JSON.stringify({
      isSamePage: await page.evaluate(() => window.notReloaded === true),
      first,
      last: await valueOf("events-last-hour"),
      activeSessions: await valueOf("active-sessions"),
      topPages: await valueOf("top-pages"),
      address: page.url(),
      problems,
    }),
  );
} finally {
  await browser.close();
}
