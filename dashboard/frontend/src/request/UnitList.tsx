import type { Schema } from "~/api/client";
import { units } from "~/design/format";
import styles from "./request.module.css";

/** `1.72 s of audio, 34 characters`, broken between units alone. */
export function UnitList({ of }: { of: Schema["LogRow"]["units"] }) {
  const all = Object.entries(of);
  if (all.length === 0) return <span className="quiet">–</span>;
  return all.map(([unit, quantity], n) => (
    <span key={unit}>
      {n > 0 && ", "}
      <span className={styles.unit}>{units({ [unit]: quantity })}</span>
    </span>
  ));
}
