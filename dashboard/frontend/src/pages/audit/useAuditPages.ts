import { useInfiniteQuery } from "@tanstack/react-query";
import { api, bodyOf } from "~/api/client";

const ROWS = 100;

/** The audit log, newest first, page after page. */
export function useAuditPages() {
  return useInfiniteQuery({
    queryKey: ["audit", "pages"],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === undefined ? { limit: ROWS } : { limit: ROWS, cursor: pageParam };
      return bodyOf(api.GET("/v1/audit-log", { params: { query }, signal }));
    },
    getNextPageParam: (last) => (last.next_cursor === null ? undefined : Number(last.next_cursor)),
    placeholderData: undefined,
  });
}
