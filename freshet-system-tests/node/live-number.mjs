// Signs in to a fresh server's page, posts events and waits for the number on the page to become right, without a reload.
// Arguments: URL, e-mail, password, write key, file for a screenshot. Prints one line of JSON.
import { openBrowser } from "./browser.mjs";

const [url, email, password, writeKey, screenshot] = process.argv.slice(2);
const limitMs = 30_000;

async function post(events) {
  const response = await fetch(`${url}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${writeKey}`, "content-type": "application/json" },
    body: JSON.stringify(events),
  });
  if (response.status !== 202) {
    throw new Error(`events were answered ${response.status}: ${await response.text()}`);
  }
}

const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) {
      problems.push(`a request went elsewhere: ${request.url()}`);
    }
  });
  await page.goto(url);
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");

  const total = page.locator("[data-testid=value-events-last-hour]");
  const shows = (value) =>
    page.waitForFunction(
      (wanted) => document.querySelector("[data-testid=value-events-last-hour]")?.getAttribute("data-value") === wanted,
      String(value),
      { timeout: limitMs, polling: "raf" },
    );
  await shows(0);
  await page.evaluate(() => {
    window.notReloaded = true;
  });

  const sentAtMs = Date.now();
  await post([
    { event_type: "page_view", name: "/pricing", user_id: "ada", session_id: "s1" },
    { event_type: "page_view", name: "/docs", user_id: "grace", session_id: "s2" },
    { event_type: "error_occurred", name: "500", user_id: "grace", session_id: "s2" },
  ]);
  await shows(3);
  const shownAfterMs = Date.now() - sentAtMs;
  await post({ event_type: "feature_used", name: "export", user_id: "ada", session_id: "s1" });
  await shows(4);

  await page.waitForSelector("[data-testid=value-active-sessions][data-value='2']", { timeout: limitMs });
  await page.waitForSelector("[data-testid=connection][data-phase=live]", { timeout: limitMs });
  if (screenshot) await page.screenshot({ path: screenshot });
  console.log(
    JSON.stringify({
      isSamePage: await page.evaluate(() => window.notReloaded === true),
      total: Number(await total.getAttribute("data-value")),
      errorRate: Number(await page.locator("[data-testid=value-error-rate]").first().getAttribute("data-value")),
      shownAfterMs,
      problems,
    }),
  );
} finally {
  await browser.close();
}
