// The official hook for pages over a server that comes back with another key of cursors. Argument: URL. Prints one line of JSON.
import { createElement } from "react";
import { create } from "react-test-renderer";
import { ConvexProvider, ConvexReactClient, usePaginatedQuery } from "convex/react";
import WebSocket from "ws";
import { api, httpClient, until } from "./official-client.mjs";

const [url] = process.argv.slice(2);

const refusals = [];
class ListeningWebSocket extends WebSocket {
  constructor(...args) {
    super(...args);
    this.on("message", (text) => {
      const { type, modifications } = JSON.parse(text);
      if (type === "Transition") refusals.push(...modifications.filter((change) => change.type === "QueryFailed"));
    });
  }
}

const http = httpClient(url);
await http.mutation(api.notes.put, { ranks: Array.from({ length: 12 }, (_, index) => index) });
const client = new ConvexReactClient(url, {
  webSocketConstructor: ListeningWebSocket,
  logger: false,
  unsavedChangesWarning: false,
});
const seen = [];
const Probe = () => {
  seen.push(usePaginatedQuery(api.notes.page, {}, { initialNumItems: 4 }));
  return null;
};
const root = create(createElement(ConvexProvider, { client }, createElement(Probe)));
await until("the first page", () => seen.at(-1)?.results.length === 4);
seen.at(-1).loadMore(4);
await until("the second page", () => seen.at(-1).results.length === 8);

await fetch(`${url}/restart`, { method: "POST" });
await http.mutation(api.notes.put, { ranks: Array.from({ length: 12 }, (_, index) => 100 + index) });
await until("a new first page", () => seen.at(-1).results[0] === 100);
const { results, status, loadMore } = seen.at(-1);
loadMore(4);
await until("its second page", () => seen.at(-1).results.length === 8);
console.log(
  JSON.stringify({ results, status, then: seen.at(-1).results, refusals: refusals.map(({ errorData }) => errorData) }),
);
root.unmount();
process.exit(0);
