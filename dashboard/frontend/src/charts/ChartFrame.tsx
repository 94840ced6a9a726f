import { type ReactNode, useState } from "react";
import styles from "./charts.module.css";

type LegendItem = { name: ReactNode; colour: string };
type Props = {
  /** What the picture shows, in a sentence. */
  label: string;
  legend?: readonly LegendItem[];
  height?: "usual" | "small" | "free";
  /** The same figures as a table. Made when it is opened. */
  table: () => ReactNode;
  children: ReactNode;
};

/** A picture with its name, its legend in words, and the same figures as a table. */
export function ChartFrame({ label, legend = [], height = "usual", table, children }: Props) {
  return (
    <figure className={styles.chart}>
      <div
        className={styles[height]}
        role="img"
        aria-label={`${label} The table below has the same.`}
      >
        {children}
      </div>
      {legend.length > 0 && (
        <ul className={styles.legend} aria-label="Legend">
          {legend.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the order is what tells them apart
            <li key={index}>
              <span className={styles.mark} style={{ background: one.colour }} />
              {one.name}
            </li>
          ))}
        </ul>
      )}
      <Opened>{table}</Opened>
    </figure>
  );
}

function Opened({ children }: { children: () => ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {open && children()}
    </details>
  );
}
