import type { ConvexReactClient } from "convex/react";
import { nextConnection, type Connection } from "./connection";

type ConnectionSource = Pick<ConvexReactClient, "connectionState" | "subscribeToConnectionState">;

const checkEveryMs = 1_000;

/** Follows the Convex client's socket and the browser's network, and remembers since when they are as they are. */
export class ConnectionMonitor {
  readonly #source: ConnectionSource;
  readonly #listeners = new Set<() => void>();
  #connection: Connection;

  constructor(source: ConnectionSource) {
    this.#source = source;
    this.#connection = nextConnection(undefined, this.#signals(), Date.now());
  }

  readonly connection = (): Connection => this.#connection;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#stopWatching = this.#watch();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopWatching();
    };
  };

  #stopWatching: () => void = () => undefined;

  #watch(): () => void {
    const check = () => {
      this.#check();
    };
    const unsubscribe = this.#source.subscribeToConnectionState(check);
    const timer = setInterval(check, checkEveryMs);
    window.addEventListener("online", check);
    window.addEventListener("offline", check);
    check();
    return () => {
      unsubscribe();
      clearInterval(timer);
      window.removeEventListener("online", check);
      window.removeEventListener("offline", check);
    };
  }

  #check(): void {
    const connection = nextConnection(this.#connection, this.#signals(), Date.now());
    if (connection === this.#connection) return;
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }

  #signals() {
    const { isWebSocketConnected, hasEverConnected } = this.#source.connectionState();
    return { isWebSocketConnected, hasEverConnected, isOnline: navigator.onLine };
  }
}
