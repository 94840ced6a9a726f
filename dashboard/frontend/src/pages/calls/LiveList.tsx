import { Link } from "@tanstack/react-router";
import type { ReactNode, RefObject } from "react";
import { Button, buttonClass } from "~/design/controls";
import { type Column, Table } from "~/design/Table";
import { useFilters } from "~/filters/Filters";
import type { Order } from "~/live/liveRows";
import styles from "./Calls.module.css";

type Props<T> = {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  order: Order<T>;
  waiting: number;
  fresh: (row: T) => boolean;
  next: string | null;
  empty: ReactNode;
  top: RefObject<HTMLDivElement | null>;
};

/** A page of a list, what came in above it, and the way to older pages. */
export function LiveList<T>(props: Props<T>) {
  const { caption, columns, rows, order, waiting, fresh, next, empty, top } = props;
  const [{ cursor }] = useFilters();
  return (
    <div className={styles.list}>
      <div ref={top} className={styles.top} />
      <div className={styles.news} role="status">
        {waiting > 0 && (
          <Button look="primary" onClick={() => top.current?.scrollIntoView({ block: "end" })}>
            {waiting >= order.most ? `${waiting} or more` : waiting} new
          </Button>
        )}
      </div>
      <Table
        caption={caption}
        columns={columns}
        rows={rows}
        keyOf={order.keyOf}
        classOf={(row) => (fresh(row) ? styles.fresh : undefined)}
        empty={empty}
      />
      <nav className={styles.pages} aria-label="Pages of the list">
        {cursor && <Turn to={undefined}>Newest</Turn>}
        {next && <Turn to={next}>Older</Turn>}
      </nav>
    </div>
  );
}

function Turn({ to, children }: { to: string | undefined; children: string }) {
  const search = (before: Record<string, unknown>) => ({ ...before, cursor: to });
  return (
    <Link to="." search={search as never} className={buttonClass()}>
      {children}
    </Link>
  );
}
