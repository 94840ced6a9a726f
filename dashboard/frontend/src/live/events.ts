import type { QueryClient } from "@tanstack/react-query";
import type { Schema } from "~/api/client";
import { renewer } from "./renewal";

export type LiveState = "connecting" | "live" | "paused" | "broken";
export type Row = Schema["LogRow"];

type Listeners = { onRow?: (row: Row) => void; onState: (state: LiveState) => void };

/** What is out of date once something of a kind has happened. */
const STALE = {
  budget: [["budgets"]],
  config: [["projects"], ["providers"], ["models"], ["status"], ["audit"], ["keys"]],
  gap: [["logs"], ["sessions"], ["explain"], ["costs"], ["latency"], ["budgets"], ["status"]],
} as const;

/** A row puts out of date the lists and sums, and of calls and requests its own alone. */
export function staleBy(row: Pick<Row, "id" | "session_id">): string[][] {
  const own = row.session_id === null ? [] : [["sessions", "receipt", row.session_id]];
  const lists = [["logs"], ["sessions", "list"], ["costs"], ["latency"], ["budgets"]];
  return [...lists, ["explain", row.id], ...own];
}

const RETRY_MS = 5_000;

/** Follows the server's events and renews what they put out of date. A page that nobody looks at
 * does not listen: a browser opens six connections to a host, and each stream holds one. Returns
 * what ends it. */
export function follow(client: QueryClient, { onRow, onState }: Listeners): () => void {
  const { outdated, stop } = renewer(client);
  let source: EventSource | undefined;
  let seen: string | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const on = (kind: string, heard: (data: string) => void) =>
    source?.addEventListener(kind, (event: MessageEvent<string>) => {
      seen = event.lastEventId || seen;
      heard(event.data);
    });
  const open = () => {
    close();
    onState("connecting");
    const since = seen === undefined ? "" : `?last_event_id=${encodeURIComponent(seen)}`;
    source = new EventSource(`/v1/events${since}`);
    source.onopen = () => onState("live");
    source.onerror = lost;
    on("row", (data) => {
      const row = JSON.parse(data) as Row;
      onRow?.(row);
      outdated(staleBy(row));
    });
    on("budget", () => outdated(STALE.budget));
    on("config", () => outdated(STALE.config));
    on("gap", () => outdated([...STALE.gap, ...STALE.config]));
  };
  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  };
  // The browser tries again by itself, except after an answer that is none: nobody is signed in
  // any more, or too many listen.
  const lost = () => {
    const closed = source?.readyState === EventSource.CLOSED;
    onState(closed ? "broken" : "connecting");
    if (!closed) return;
    void client.invalidateQueries({ queryKey: ["session"] });
    retry = setTimeout(open, RETRY_MS);
  };
  const looked = () => {
    if (document.visibilityState === "visible") return open();
    close();
    onState("paused");
  };

  looked();
  document.addEventListener("visibilitychange", looked);
  return () => {
    document.removeEventListener("visibilitychange", looked);
    close();
    stop();
  };
}
