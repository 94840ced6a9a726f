import { share } from "~/design/format";
import styles from "./charts.module.css";

/** A part of a whole, in words and drawn; for the cell of a table. */
export function ShareBar({ part, whole }: { part: number; whole: number }) {
  const width = whole > 0 ? Math.min(1, part / whole) * 100 : 0;
  return (
    <span className={styles.share}>
      <span className={styles.track} aria-hidden="true">
        <span style={{ width: `${width}%` }} />
      </span>
      {share(part, whole)}
    </span>
  );
}
