import type { ReactNode } from "react";
import styles from "./charts.module.css";

type Line = { name: string; colour: string; value: ReactNode };

/** What a pointer sees at a step; everybody else has the table. */
export function TooltipBox({ title, lines }: { title: string; lines: readonly Line[] }) {
  return (
    <div className={styles.tooltip}>
      <strong>{title}</strong>
      <dl>
        {lines.map((one) => (
          <div key={one.name}>
            <dt>
              <span className={styles.mark} style={{ background: one.colour }} />
              {one.name}
            </dt>
            <dd>{one.value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
