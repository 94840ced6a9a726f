import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import { follow, type LiveState, type Row } from "./events";

type Live = { state: LiveState; listen: (onRow: (row: Row) => void) => () => void };

const LiveContext = createContext<Live>({ state: "connecting", listen: () => () => {} });

/** One stream of events for the whole page. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const listeners = useRef(new Set<(row: Row) => void>());
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(
    () =>
      follow(client, {
        onState: setState,
        onRow: (row) => {
          for (const listener of listeners.current) listener(row);
        },
      }),
    [client],
  );
  const live = useMemo<Live>(
    () => ({
      state,
      listen(onRow) {
        listeners.current.add(onRow);
        return () => listeners.current.delete(onRow);
      },
    }),
    [state],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  return use(LiveContext);
}
