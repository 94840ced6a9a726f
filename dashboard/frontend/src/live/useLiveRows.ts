import { useEffect, useEffectEvent, useState } from "react";
import type { Row } from "./events";
import { useLive } from "./LiveProvider";
import { begun, holding, type Order, shownOf, waitingIn, withPage, withRow } from "./liveRows";

type Followed<T> = {
  /** The first page as the server answered last. */
  page: readonly T[];
  /** What was asked for: another question begins another list. */
  scope: string;
  order: Order<T>;
  /** Somebody reads further down. */
  holds: boolean;
};

/** A list that follows what comes in, and stays as it is while somebody reads. `arrive` puts a row
 * in that was heard of. */
export function useLiveRows<T>({ page, scope, order, holds }: Followed<T>) {
  const [kept, setKept] = useState(() => ({ page, scope, list: begun(page) }));
  if (kept.page !== page || kept.scope !== scope || holds !== (kept.list.held !== undefined)) {
    const same = kept.scope === scope;
    const list = same ? withPage(kept.list, page, order) : begun(page);
    setKept({ page, scope, list: holding(list, holds) });
  }
  return {
    rows: shownOf(kept.list),
    waiting: waitingIn(kept.list, order),
    arrive(row: T, fits: boolean) {
      setKept((was) => ({ ...was, list: withRow(was.list, row, fits, order) }));
    },
  };
}

/** Calls back with every row that begins or ends, for as long as this is shown. */
export function useRows(onRow: (row: Row) => void): void {
  const { listen } = useLive();
  const heard = useEffectEvent(onRow);
  useEffect(() => listen((row) => heard(row)), [listen]);
}
