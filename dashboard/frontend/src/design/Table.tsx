import type { ReactNode } from "react";
import styles from "./Table.module.css";

export type Column<T> = {
  /** Also the key; unique in the table. */
  title: string;
  cell: (row: T) => ReactNode;
  /** Numbers stand right. */
  right?: boolean;
  /** The cell that names the row. */
  heads?: boolean;
};

type Props<T> = {
  /** What the table shows, for those who cannot see where it stands. */
  caption: string;
  showCaption?: boolean;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** A class for some rows. */
  classOf?: (row: T) => string | undefined;
  empty?: ReactNode;
};

export function Table<T>(props: Props<T>) {
  const { caption, showCaption = false, columns, rows, keyOf, classOf, empty } = props;
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, by keyboard as well
    <section className={styles.scroll} tabIndex={0} aria-label={caption}>
      <table className={styles.table}>
        <caption className={showCaption ? undefined : "visually-hidden"}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((one) => (
              <th key={one.title} scope="col" className={one.right ? styles.right : undefined}>
                {one.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={classOf?.(row)}>
              {columns.map((one) => {
                const className = one.right ? styles.right : undefined;
                return one.heads ? (
                  <th key={one.title} scope="row" className={className}>
                    {one.cell(row)}
                  </th>
                ) : (
                  <td key={one.title} className={className}>
                    {one.cell(row)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
