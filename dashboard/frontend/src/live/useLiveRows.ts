import { useEffect, useEffectEvent, useState } from "react";
import type { Row } from "./events";
import { useLive } from "./LiveProvider";
import { begun, holding, type Order, shownOf, waitingIn, withPage, withRow } from "./liveRows";

type Followed<T> = {
  /** The first page as the server answered last. */
  page: readonly T[];
  /** What was asked for: another question begins another list. */
  scope: string;
  /** The page is the answer to that, and no older one's that holds its place. */
  settled: boolean;
  order: Order<T>;
  /** Somebody reads further down. */
  holds: boolean;
};

/** A list that follows what comes in, and stays as it is while somebody reads. `arrive` puts a row
 * in that was heard of; `fresh` tells those that came in since the list was first shown. */
export function useLiveRows<T>({ page, scope, settled, order, holds }: Followed<T>) {
  const [kept, setKept] = useState(() => beginning(page, settled ? scope : "", order));
  if (settled && kept.scope !== scope) setKept(beginning(page, scope, order));
  else if (settled && kept.page !== page) {
    setKept({ ...kept, page, list: withPage(kept.list, page, order) });
  } else if (holds !== (kept.list.held !== undefined)) {
    setKept({ ...kept, list: holding(kept.list, holds) });
  }
  return {
    rows: shownOf(kept.list),
    waiting: waitingIn(kept.list, order),
    fresh: (row: T) => !kept.first.has(order.keyOf(row)),
    arrive(row: T, fits: boolean) {
      setKept((was) => ({ ...was, list: withRow(was.list, row, fits, order) }));
    },
  };
}

function beginning<T>(page: readonly T[], scope: string, { keyOf }: Order<T>) {
  return { page, scope, first: new Set(page.map(keyOf)), list: begun(page) };
}

/** Calls back with every row that begins or ends, for as long as this is shown. */
export function useRows(onRow: (row: Row) => void): void {
  const { listen } = useLive();
  const heard = useEffectEvent(onRow);
  useEffect(() => listen((row) => heard(row)), [listen]);
}
