// Keeps a page open while its server stops and starts again, which the caller does: it waits for the line `stop`, then for
// the line `start`. Arguments: URL, e-mail, password, write key. The last line is JSON.
import { openBrowser } from "./browser.mjs";
import { post, showsEvents, signIn } from "./live-page.mjs";
import { watchProblems } from "./page-problems.mjs";

const [url, email, password, writeKey] = process.argv.slice(2);
const limitMs = 60_000;
const event = { event_type: "page_view", name: "/pricing", user_id: "ada", session_id: "s1" };

const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // While the server is away, and only then, the browser complains about the socket that it cannot open.
  let isAway = false;
  const problems = watchProblems(page, url, (problem) => isAway && /^logged .*WebSocket/i.test(problem));
  await signIn(page, url, email, password);
  await showsEvents(page, 0, limitMs);
  await post(url, writeKey, [event, event]);
  await showsEvents(page, 2, limitMs);
  await page.waitForSelector("[data-testid=connection][data-phase=live]", { timeout: limitMs });

  // From here on every frame is looked at: what the indicator says, and whether a tile lost its value.
  await page.evaluate(() => {
    window.seen = { phases: [], blanks: [] };
    const tileCount = document.querySelectorAll("[data-testid^=tile-]").length;
    const look = () => {
      const { phases, blanks } = window.seen;
      const phase = document.querySelector("[data-testid=connection]")?.dataset.phase;
      if (phases.at(-1) !== phase) phases.push(phase);
      const tiles = [...document.querySelectorAll("[data-testid^=tile-]")];
      for (const tile of tiles) {
        if (tile.dataset.status !== "value") blanks.push(`${tile.dataset.testid} is ${tile.dataset.status}`);
      }
      if (tiles.length !== tileCount) blanks.push(`${tiles.length} tiles instead of ${tileCount}`);
      const total = document.querySelector("[data-testid=value-events-last-hour]")?.dataset.value;
      if (!(Number(total) >= 2)) blanks.push(`events in the last hour are ${total}`);
      requestAnimationFrame(look);
    };
    look();
  });

  isAway = true;
  console.log("stop");
  await page.waitForSelector("[data-testid=connection][data-phase=reconnecting]", { timeout: limitMs });
  console.log("start");
  await page.waitForSelector("[data-testid=connection][data-phase=live]", { timeout: limitMs });
  isAway = false;
  await post(url, writeKey, event);
  await showsEvents(page, 3, limitMs);
  const { phases, blanks } = await page.evaluate(() => window.seen);
  console.log(JSON.stringify({ phases, blanks: [...new Set(blanks)], problems }));
} finally {
  await browser.close();
}
