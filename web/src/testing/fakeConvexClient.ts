import type { ConnectionState } from "convex/browser";
import type { ConvexReactClient } from "convex/react";
import { getFunctionName, type FunctionReference } from "convex/server";
import { convexToJson, type Value } from "convex/values";

/** Everything of the Convex client that a dashboard uses, with answers given by hand. */
export class FakeConvexClient {
  readonly #answers = new Map<string, unknown>();
  readonly #updates = new Map<string, Set<() => void>>();
  readonly #connectionListeners = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = {
    hasInflightRequests: false,
    isWebSocketConnected: false,
    timeOfOldestInflightRequest: null,
    hasEverConnected: false,
    connectionCount: 0,
    connectionRetries: 0,
    inflightMutations: 0,
    inflightActions: 0,
  };

  /** As the type that the provider asks for; anything else it might call is missing. */
  get asConvexReactClient(): ConvexReactClient {
    return this as unknown as ConvexReactClient;
  }

  get subscriptionCount(): number {
    return [...this.#updates.values()].filter((listeners) => listeners.size > 0).length;
  }

  /** Gives a query its next answer; an Error is a failure, undefined takes the answer away. */
  answer(query: FunctionReference<"query">, args: Record<string, Value>, answer: unknown): void {
    const key = keyOf(query, args);
    this.#answers.set(key, answer);
    for (const update of this.#updates.get(key) ?? []) update();
  }

  connect(isConnected: boolean): void {
    const hasEverConnected = this.#state.hasEverConnected || isConnected;
    this.#state = { ...this.#state, isWebSocketConnected: isConnected, hasEverConnected };
    for (const listener of this.#connectionListeners) listener(this.#state);
  }

  connectionState(): ConnectionState {
    return this.#state;
  }

  subscribeToConnectionState(listener: (state: ConnectionState) => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  watchQuery(query: FunctionReference<"query">, args: Record<string, Value>) {
    const key = keyOf(query, args);
    return {
      onUpdate: (update: () => void) => {
        const listeners = this.#updates.get(key) ?? new Set();
        this.#updates.set(key, listeners.add(update));
        return () => listeners.delete(update);
      },
      localQueryResult: () => {
        const answer = this.#answers.get(key);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      localQueryLogs: () => undefined,
      journal: () => undefined,
    };
  }
}

function keyOf(query: FunctionReference<"query">, args: Record<string, Value>): string {
  return `${getFunctionName(query)} ${JSON.stringify(convexToJson(args))}`;
}
