import { QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { api, bodyOf, ProblemError } from "./client";
import type { paths } from "./schema";

type Query<P extends keyof paths> = paths[P] extends {
  get: { parameters: { query?: infer Q } };
}
  ? NonNullable<Q>
  : never;

/** A query of each read. Keys begin with the subject, so that an event can renew a subject. */
export const queries = {
  session: () =>
    queryOptions({
      queryKey: ["session"],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/session", { signal })),
    }),
  status: () =>
    queryOptions({
      queryKey: ["status"],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/status", { signal })),
    }),
  costs: (query: Query<"/v1/costs">) =>
    queryOptions({
      queryKey: ["costs", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/costs", { params: { query }, signal })),
    }),
  costSeries: (query: Query<"/v1/costs/series">) =>
    queryOptions({
      queryKey: ["costs", "series", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/costs/series", { params: { query }, signal })),
    }),
  latency: (query: Query<"/v1/latency">) =>
    queryOptions({
      queryKey: ["latency", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/latency", { params: { query }, signal })),
    }),
  latencySeries: (query: Query<"/v1/latency/series">) =>
    queryOptions({
      queryKey: ["latency", "series", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/latency/series", { params: { query }, signal })),
    }),
  slowest: (query: Query<"/v1/latency/slowest">) =>
    queryOptions({
      queryKey: ["latency", "slowest", query],
      queryFn: ({ signal }) =>
        bodyOf(api.GET("/v1/latency/slowest", { params: { query }, signal })),
    }),
  sessionTotals: (query: Query<"/v1/session-totals">) =>
    queryOptions({
      queryKey: ["sessions", "list", "totals", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/session-totals", { params: { query }, signal })),
    }),
  logs: (query: Query<"/v1/logs">) =>
    queryOptions({
      queryKey: ["logs", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/logs", { params: { query }, signal })),
    }),
  sessions: (query: Query<"/v1/sessions">) =>
    queryOptions({
      queryKey: ["sessions", "list", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/sessions", { params: { query }, signal })),
    }),
  receipt: (session_id: string) =>
    queryOptions({
      queryKey: ["sessions", "receipt", session_id],
      queryFn: ({ signal }) =>
        bodyOf(api.GET("/v1/sessions/{session_id}", { params: { path: { session_id } }, signal })),
    }),
  explanation: (request_id: string) =>
    queryOptions({
      queryKey: ["explain", request_id],
      queryFn: ({ signal }) =>
        bodyOf(api.GET("/v1/explain/{request_id}", { params: { path: { request_id } }, signal })),
    }),
  budgets: (query: Query<"/v1/budgets"> = {}) =>
    queryOptions({
      queryKey: ["budgets", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/budgets", { params: { query }, signal })),
    }),
  projects: () =>
    queryOptions({
      queryKey: ["projects"],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/projects", { signal })),
    }),
  providers: () =>
    queryOptions({
      queryKey: ["providers"],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/providers", { signal })),
    }),
  models: (query: Query<"/v1/models"> = {}) =>
    queryOptions({
      queryKey: ["models", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/models", { params: { query }, signal })),
    }),
  plugins: () =>
    queryOptions({
      queryKey: ["plugins"],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/plugins", { signal })),
    }),
  prices: () =>
    queryOptions({
      queryKey: ["prices"],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/prices", { signal })),
      staleTime: 300_000, // every plugin is loaded to answer it
    }),
  audit: (query: Query<"/v1/audit-log"> = {}) =>
    queryOptions({
      queryKey: ["audit", query],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/audit-log", { params: { query }, signal })),
    }),
  keys: () =>
    queryOptions({
      queryKey: ["keys"],
      queryFn: ({ signal }) => bodyOf(api.GET("/v1/keys", { signal })),
    }),
} as const;

export function newQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // Whoever was signed in is not any more: the frame asks who it is, and shows the sign-in.
      onError(error, query) {
        const out = error instanceof ProblemError && error.status === 401;
        if (out && query.queryKey[0] !== "session") {
          void client.invalidateQueries({ queryKey: ["session"] });
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        // What the server refused it will refuse again.
        retry: (failures, error) =>
          failures < 2 && (!(error instanceof ProblemError) || error.status >= 500),
        placeholderData: (previous: unknown) => previous, // a changed filter blanks nothing
      },
    },
  });
  return client;
}
