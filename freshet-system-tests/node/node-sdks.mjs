// Sends by the server SDKs for Node, each to a URL of its own, until the line `stop` comes; then lets them finish. Arguments: write
// key, then the URLs for Segment, RudderStack and PostHog. The last line is JSON: by SDK how much was sent and what failed.
import { Analytics as Segment } from "@segment/analytics-node";
import RudderStack from "@rudderstack/rudder-sdk-node";
import { PostHog } from "posthog-node";
import { sendUntil, told } from "./sending.mjs";

const [writeKey, segmentUrl, rudderStackUrl, postHogUrl] = process.argv.slice(2);
const limitMs = 100_000;

function segment(userId) {
  const failures = [];
  const client = new Segment({ writeKey, host: segmentUrl, flushAt: 3, flushInterval: 500 });
  client.on("error", (error) => failures.push(error.reason?.message ?? error.code));
  return {
    failures,
    describe() {
      client.identify({ userId, traits: { plan: "pro" } });
      client.group({ userId, groupId: "acme", traits: { size: 7 } });
    },
    send: (event) => client.track({ userId, event, context: { campaign: { name: "spring", source: "news" } } }),
    finish: () => client.closeAndFlush({ timeout: limitMs }),
  };
}

function rudderStack(userId) {
  const failures = [];
  let waiting = 0;
  const done = () => waiting--;
  const client = new RudderStack(writeKey, {
    dataPlaneUrl: rudderStackUrl,
    flushAt: 3,
    flushInterval: 500,
    // Three, as it comes, last for 1.4 s, which no restart does.
    retryCount: 8,
    errorHandler: (error) => failures.push(error.message),
    logLevel: "none",
  });
  const count = (method, message) => {
    waiting++;
    client[method](message, done);
  };
  return {
    failures,
    describe() {
      count("identify", { userId, traits: { plan: "pro" } });
      count("group", { userId, groupId: "acme", traits: { size: 7 } });
    },
    send: (event) => count("track", { userId, event }),
    async finish() {
      while (waiting > 0) {
        await client.flush();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
}

function postHog(distinctId) {
  const failures = [];
  const client = new PostHog(writeKey, { host: postHogUrl, flushAt: 3, flushInterval: 500 });
  // A network error leaves the events in its queue, so only what the server answered is a loss.
  client.on("error", (error) => error.status && failures.push(error.message));
  return {
    failures,
    describe() {
      client.identify({ distinctId, properties: { $set: { plan: "pro" } } });
      client.groupIdentify({ distinctId, groupType: "company", groupKey: "acme", properties: { size: 7 } });
    },
    send: (event) => client.capture({ distinctId, event }),
    finish: () => client.shutdown(limitMs),
  };
}

const stop = told("stop");
const report = {};
await Promise.all(
  Object.entries({ "segment-node": segment, "rudderstack-node": rudderStack, "posthog-node": postHog }).map(
    async ([name, sdk]) => {
      const driven = sdk(`${name}-user`);
      driven.describe();
      const sent = await sendUntil(stop, (number) => driven.send(`${name} ${number}`));
      await driven.finish();
      report[name] = { sent, failures: driven.failures };
    },
  ),
);
console.log(JSON.stringify(report));
process.exit(0);
