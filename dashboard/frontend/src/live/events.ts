import type { QueryClient } from "@tanstack/react-query";
import type { Schema } from "~/api/client";

export type LiveState = "connecting" | "live" | "broken";
export type Row = Schema["LogRow"];

type Listeners = { onRow?: (row: Row) => void; onState: (state: LiveState) => void };

/** What is out of date once something of a kind has happened. */
const STALE = {
  row: ["logs", "sessions", "costs", "latency", "budgets"],
  budget: ["budgets"],
  config: ["projects", "providers", "models", "status", "audit", "keys"],
} as const;

const RENEW_MS = 400;

/** Follows the server's events and renews what they put out of date, at most a few times a second.
 * Returns what ends it. The browser reconnects by itself, and says which event it saw last. */
export function follow(client: QueryClient, { onRow, onState }: Listeners): () => void {
  const source = new EventSource("/v1/events");
  const stale = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const renew = () => {
    timer = undefined;
    for (const subject of stale) void client.invalidateQueries({ queryKey: [subject] });
    stale.clear();
  };
  const outdated = (subjects: readonly string[]) => {
    for (const subject of subjects) stale.add(subject);
    timer ??= setTimeout(renew, RENEW_MS);
  };

  source.onopen = () => onState("live");
  source.onerror = () =>
    onState(source.readyState === EventSource.CLOSED ? "broken" : "connecting");
  source.addEventListener("row", (event) => {
    onRow?.(JSON.parse((event as MessageEvent<string>).data) as Row);
    outdated(STALE.row);
  });
  source.addEventListener("budget", () => outdated(STALE.budget));
  source.addEventListener("config", () => outdated(STALE.config));
  source.addEventListener("gap", () => outdated(Object.values(STALE).flat()));
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
