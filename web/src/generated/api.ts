// Written by `./freshet codegen` from the server's functions; changes by hand are lost.
import { makeFunctionReference } from "convex/server";
import type { GenericId } from "convex/values";

/** The id of a document in the table. */
export type Id<Table extends string> = GenericId<Table>;

/** The server's public functions, as `useQuery(api.module.function, args)` takes them. */
export const api = {
  ingest: {
    recent: makeFunctionReference<
      "query",
      { limit: number },
      Array<{
        _id: string;
        eventType: string;
        name: string;
        userId: string;
        sessionId: string;
        timestamp: number;
        receivedAt: number;
        properties: string;
        isCut?: boolean;
      }>
    >("ingest:recent"),
    rejected: makeFunctionReference<
      "query",
      {
        paginationOpts: {
          numItems: number;
          cursor: string | null;
          endCursor?: string | null;
          id?: number;
          maximumRowsRead?: number;
          maximumBytesRead?: number;
        };
      },
      {
        page: Array<{
          _id: string;
          receivedAt: number;
          dialect: string;
          code: string;
          message: string;
          body: string;
        }>;
        isDone: boolean;
        continueCursor: string;
        splitCursor?: string;
        pageStatus?: "SplitRecommended" | "SplitRequired";
      }
    >("ingest:rejected"),
  },
  metrics: {
    live: makeFunctionReference<
      "query",
      {
        metric:
          | {
            kind: "count";
            match: {
              eventType?: "page_view" | "feature_used" | "error_occurred" | "conversion_step";
              name?: string | Array<string>;
              properties?: Record<string, string | number | boolean | null>;
            };
          }
          | {
            kind: "uniqueUsers";
            match: {
              eventType?: "page_view" | "feature_used" | "error_occurred" | "conversion_step";
              name?: string | Array<string>;
              properties?: Record<string, string | number | boolean | null>;
            };
          }
          | { kind: "activeSessions"; windowSeconds: number }
          | {
            kind: "ratio";
            numerator: {
              eventType?: "page_view" | "feature_used" | "error_occurred" | "conversion_step";
              name?: string | Array<string>;
              properties?: Record<string, string | number | boolean | null>;
            };
            denominator: {
              eventType?: "page_view" | "feature_used" | "error_occurred" | "conversion_step";
              name?: string | Array<string>;
              properties?: Record<string, string | number | boolean | null>;
            };
          }
          | {
            kind: "breakdown";
            match: {
              eventType?: "page_view" | "feature_used" | "error_occurred" | "conversion_step";
              name?: string | Array<string>;
              properties?: Record<string, string | number | boolean | null>;
            };
            by: string;
            limit: number;
          };
        range?: { lastSeconds: number };
        interval?: "second" | "minute" | "hour";
        filters?: {
          eventType?: "page_view" | "feature_used" | "error_occurred" | "conversion_step";
          name?: string | Array<string>;
          properties?: Record<string, string | number | boolean | null>;
        };
      },
        | { approximate?: boolean; delayed?: boolean; total: number }
        | {
          approximate?: boolean;
          delayed?: boolean;
          total: number;
          points: Array<{ t: number; value: number }>;
        }
        | {
          approximate?: boolean;
          delayed?: boolean;
          rows: Array<{ key: string; count: number; uniqueUsers: number }>;
          otherCount: number;
        }
        | null
    >("metrics:live"),
  },
  system: {
    freshness: makeFunctionReference<
      "query",
      Record<string, never>,
      { aggregatedTo: number; storedTo: number } | null
    >("system:freshness"),
  },
  users: {
    me: makeFunctionReference<
      "query",
      Record<string, never>,
      { _id: string; teamId: string; email?: string; name?: string; role?: string }
    >("users:me"),
  },
  writeKeys: {
    create: makeFunctionReference<
      "mutation",
      { name: string; eventsPerSecond?: number; burst?: number },
      { keyId: string; key: string }
    >("writeKeys:create"),
    list: makeFunctionReference<
      "query",
      Record<string, never>,
      Array<{ _id: string; _creationTime: number; name: string; eventsPerSecond?: number; burst?: number }>
    >("writeKeys:list"),
    revoke: makeFunctionReference<
      "mutation",
      { keyId: string },
      null
    >("writeKeys:revoke"),
  },
};
