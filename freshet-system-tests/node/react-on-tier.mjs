// The official React hooks against the reactive tier alone, rendered without a browser. Argument: URL. Prints one line of JSON.
import { createElement, useCallback, useSyncExternalStore } from "react";
import { create } from "react-test-renderer";
import {
  ConvexProvider,
  ConvexProviderWithAuth,
  ConvexReactClient,
  useAction,
  useConvexAuth,
  useMutation,
  usePaginatedQuery,
  useQuery,
} from "convex/react";
import WebSocket from "ws";
import { api, countingWebSocket, httpClient, startProxy, unsignedToken, until } from "./official-client.mjs";

const [url] = process.argv.slice(2);

/** Renders a component that does nothing but call hooks, and keeps what each render saw. */
function render(client, hooks, [provider, properties] = [ConvexProvider, {}]) {
  const seen = [];
  const Probe = () => {
    seen.push(hooks());
    return null;
  };
  const root = create(createElement(provider, { client, ...properties }, createElement(Probe)));
  return { seen, now: () => seen.at(-1), unmount: () => root.unmount() };
}

function openReactClient(to, webSocketConstructor) {
  return new ConvexReactClient(to, { webSocketConstructor, logger: false, unsavedChangesWarning: false });
}

const isStrictlySorted = (numbers) => numbers.every((number, index) => index === 0 || numbers[index - 1] < number);

async function pages() {
  const proxy = await startProxy(url);
  const http = httpClient(url);
  const added = [];
  class ListeningWebSocket extends WebSocket {
    send(text, ...rest) {
      const message = JSON.parse(text);
      if (message.type === "ModifyQuerySet") added.push(...message.modifications.filter(({ type }) => type === "Add"));
      super.send(text, ...rest);
    }
  }
  const client = openReactClient(proxy.url, ListeningWebSocket);
  const rows = new Set();
  const put = async (...ranks) => {
    for (const rank of ranks) rows.add(rank);
    await http.mutation(api.notes.put, { ranks });
  };
  const expected = () => [...rows].sort((one, other) => one - other);
  await put(...Array.from({ length: 12 }, (_, index) => 10 * (index + 1)));

  const view = render(client, () => usePaginatedQuery(api.notes.page, {}, { initialNumItems: 4 }));
  const loaded = [];
  const showsAll = (what) =>
    until(what, () => JSON.stringify(view.now().results) === JSON.stringify(expected()));
  for (const [count, status] of [[4, "CanLoadMore"], [8, "CanLoadMore"], [12, "CanLoadMore"], [12, "Exhausted"]]) {
    await until(`${count} rows, ${status}`, () => view.now()?.status === status && view.now().results.length === count);
    loaded.push([view.now().results.length, view.now().status]);
    if (status === "CanLoadMore") view.now().loadMore(4);
  }

  await put(45, 55, 85);
  await showsAll("rows between the pages");
  const afterInsert = view.now().results.length;

  await put(11, 12, 13, 14, 15, 16, 17, 18, 19);
  await showsAll("the long first page");
  const endCursors = () => added.filter(({ args }) => args[0].paginationOpts?.endCursor).length;
  await until("the split of the first page", () => endCursors() >= 2);
  await put(15.5);
  await showsAll("a row in one of the halves");
  // One is taken out so that the number says something else than the sum of what was put.
  rows.delete(120);
  await http.mutation(api.notes.remove, { rank: 120 });
  await showsAll("one row less");
  const afterSplit = view.now().results.length;

  const beforeCut = added.length;
  proxy.cut();
  await put(65, 130);
  rows.delete(10);
  await http.mutation(api.notes.remove, { rank: 10 });
  await showsAll("what happened during the cut");
  const journalsSent = added.slice(beforeCut).filter(({ journal }) => typeof journal === "string").length;
  const result = {
    loaded,
    afterInsert,
    afterSplit,
    endCursorsSent: endCursors(),
    connections: proxy.state.connections,
    journalsSent,
    afterCut: view.now().results,
    expectedAfterCut: expected(),
    statusAfterCut: view.now().status,
    brokenRenders: view.seen.map(({ results }) => results).filter((results) => !isStrictlySorted(results)),
  };
  view.unmount();
  await client.close();
  proxy.close();
  return result;
}

async function counter() {
  const client = openReactClient(url, WebSocket);
  const args = { name: "react" };
  const view = render(client, () => ({
    value: useQuery(api.counter.read, args),
    add: useMutation(api.counter.add).withOptimisticUpdate((store, { by }) =>
      store.setQuery(api.counter.read, args, store.getQuery(api.counter.read, args) + by),
    ),
    addByAction: useAction(api.counter.addByAction),
  }));
  await until("the first value", () => view.now()?.value === 0);
  const results = [await view.now().add({ ...args, by: 1 }), await view.now().add({ ...args, by: 1 })];
  results.push(await view.now().addByAction({ ...args, by: 5 }));
  await until("the action's value", () => view.now().value === 7);
  const shown = view.seen.map(({ value }) => value ?? null).filter((value, index, all) => value !== all[index - 1]);
  view.unmount();
  await client.close();
  return { shown, results };
}

/** What a sign-in service's own library gives an application: who is signed in, as a hook, and tokens. */
function signInService() {
  let state = { isLoading: true, person: null };
  const listeners = new Set();
  const service = {
    lifetimeSeconds: 3600,
    endsAtMs: 0,
    fetches: [],
    set(changed) {
      state = { ...state, ...changed };
      listeners.forEach((listener) => listener());
    },
    useAuth() {
      const { isLoading, person } = useSyncExternalStore(subscribe, () => state);
      const fetchAccessToken = useCallback(
        async ({ forceRefreshToken }) => {
          service.fetches.push(`${person} ${forceRefreshToken}`);
          service.endsAtMs = Date.now() + 1000 * service.lifetimeSeconds;
          return unsignedToken(person, service.lifetimeSeconds);
        },
        [person],
      );
      return { isLoading, isAuthenticated: person !== null, fetchAccessToken };
    },
  };
  const subscribe = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return service;
}

/** Nobody, then Ada, whose token ends while she looks on, then Grace, then nobody. */
async function providerWithAuth() {
  const service = signInService();
  const { sent, webSocketConstructor } = countingWebSocket();
  const client = openReactClient(url, webSocketConstructor);
  const http = httpClient(url);
  const args = { name: "signed in" };
  const view = render(
    client,
    () => ({
      ...useConvexAuth(),
      who: useQuery(api.example.who),
      counter: useQuery(api.counter.read, args),
      whoWrites: useMutation(api.example.whoWrites),
    }),
    [ConvexProviderWithAuth, { useAuth: service.useAuth }],
  );
  const shows = (who, isAuthenticated) =>
    until(`${who}, ${isAuthenticated}`, () => view.now()?.who === who && view.now().isAuthenticated === isAuthenticated);
  await until("nobody's first render", () => view.now()?.who === "nobody");
  const whileLoading = view.now().isLoading;
  service.set({ isLoading: false });
  await until("the end of loading", () => !view.now().isLoading);

  // Too short for the server, long enough by its own dates: only the server can say that it is over.
  service.lifetimeSeconds = 3;
  service.set({ person: "ada" });
  await shows("ada", true);
  await until("the confirmation of a fresh token", () => sent.Authenticate === 2);
  const writers = [await view.now().whoWrites()];
  service.lifetimeSeconds = 3600;
  const endsAtMs = service.endsAtMs;
  await until("the token's end", () => Date.now() > endsAtMs + 1000);
  const rendersBefore = view.seen.length;
  const fetchesBefore = service.fetches.length;
  await http.mutation(api.counter.add, { ...args, by: 1 });
  await until("the counter", () => view.now().counter === 1);
  await until("another token", () => service.fetches.length > fetchesBefore);
  writers.push(await view.now().whoWrites());
  const shownThroughTheEnd = [...new Set(view.seen.slice(rendersBefore).map(({ who }) => String(who)))];
  const atTheEnd = service.fetches.slice(fetchesBefore);

  service.set({ person: "grace" });
  await shows("grace", true);
  writers.push(await view.now().whoWrites());
  service.set({ person: null });
  await shows("nobody", false);
  writers.push(await view.now().whoWrites());
  const shown = view.seen.map(({ who }) => who).filter((who, index, all) => who !== undefined && who !== all[index - 1]);
  const connections = client.connectionState().connectionCount;
  view.unmount();
  await client.close();
  return { whileLoading, fetched: service.fetches, atTheEnd, shownThroughTheEnd, writers, shown, connections };
}

const report = { pages: await pages(), counter: await counter(), signedIn: await providerWithAuth() };
console.log(JSON.stringify(report));
process.exit(0);
