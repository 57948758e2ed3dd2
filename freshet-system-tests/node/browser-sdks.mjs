// Sends by the browser SDKs in Chromium, from pages of another origin than the server's, until the line `stop` comes; then leaves
// the pages while something is on its way. Arguments: write key, then the URLs for Segment and PostHog. The last line is JSON: by
// SDK how much was sent. The test says when to go on: `stop`, `reload` once Segment's event is held, `end` when all is stored.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./browser.mjs";
import { sendUntil, told } from "./sending.mjs";

const [writeKey, segmentUrl, postHogUrl] = process.argv.slice(2);
const packages = join(dirname(fileURLToPath(import.meta.url)), "node_modules");

/** What each page holds; its bundle is the one that npm delivers. */
const pages = {
  segment: `<script src="/segment/index.js"></script>
<script>
  window.analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey: ${JSON.stringify(writeKey)}, cdnURL: ${JSON.stringify(segmentUrl)} });
  analytics.page();
  window.describe = (id) => { analytics.identify(id, { plan: "pro" }); analytics.group("acme", { size: 7 }); };
  window.send = (name) => { analytics.track(name); };
</script>`,
  posthog: `<script type="module">
  import posthog from "/posthog/module.js";
  posthog.init(${JSON.stringify(writeKey)}, {
    api_host: ${JSON.stringify(postHogUrl)},
    request_queue_config: { flush_interval_ms: 500 },
    // Chromium without a window would be taken for a robot.
    opt_out_useragent_filter: true,
  });
  window.describe = (id) => { posthog.identify(id, { plan: "pro" }); posthog.group("company", "acme", { size: 7 }); };
  window.send = (name) => { posthog.capture(name); };
</script>`,
};
const bundles = { segment: "@segment/analytics-next/dist/umd", posthog: "posthog-js/dist" };

async function serve(request, response) {
  const [, sdk, file] = new URL(request.url, "http://page").pathname.split("/");
  if (pages[sdk] === undefined) {
    response.writeHead(404).end();
  } else if (file === undefined) {
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>${sdk}</title>${pages[sdk]}`);
  } else {
    const bundle = await readFile(join(packages, bundles[sdk], basename(file)));
    response.writeHead(200, { "content-type": "text/javascript" }).end(bundle);
  }
}

const server = createServer((request, response) => {
  serve(request, response).catch((error) => response.writeHead(500).end(String(error)));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

async function open(context, sdk) {
  const page = await context.newPage();
  await page.goto(`${origin}/${sdk}?utm_source=news&utm_campaign=spring`);
  await page.waitForFunction(() => window.send !== undefined);
  return page;
}

const browser = await openBrowser();
try {
  const stop = told("stop");
  const report = {};
  const opened = {};
  await Promise.all(
    Object.entries({ "segment-browser": "segment", "posthog-browser": "posthog" }).map(async ([name, sdk]) => {
      const page = (opened[name] = await open(await browser.newContext(), sdk));
      await page.evaluate((id) => window.describe(id), `${name}-user`);
      const sent = await sendUntil(stop, (number) => page.evaluate((event) => window.send(event), `${name} ${number}`));
      report[name] = { sent };
    }),
  );
  console.log(`sent ${report["segment-browser"].sent} ${report["posthog-browser"].sent}`);

  // Both pages are left with an event under way: Segment's as the server holds its answer, PostHog's in the SDK's queue.
  await told("leave");
  await opened["segment-browser"].evaluate(() => window.send("segment-browser left"));
  await opened["posthog-browser"].evaluate(() => window.send("posthog-browser left"));
  await opened["posthog-browser"].goto("about:blank");
  await told("reload");
  await opened["segment-browser"].reload();

  await told("end");
  console.log(JSON.stringify(report));
} finally {
  await browser.close();
  server.close();
}
process.exit(0);
