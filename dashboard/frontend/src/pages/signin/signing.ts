import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, bodyOf, type Schema } from "~/api/client";

/** What one was shown is not shown to the next. */
function forgetAll(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
}

/** The key goes to the server once, which answers with a cookie that no script can read. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => bodyOf(api.POST("/v1/session", { body: { token } })),
    onSuccess: (session: Schema["Session"]) => {
      forgetAll(client);
      client.setQueryData(["session"], session);
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE("/v1/session"),
    onSettled: async () => {
      await client.resetQueries({ queryKey: ["session"] });
      forgetAll(client);
    },
  });
}
