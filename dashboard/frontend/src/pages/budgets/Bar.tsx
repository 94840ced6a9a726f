import { share } from "~/design/format";
import { Money } from "~/design/values";
import styles from "./Budgets.module.css";
import { type Standing, shareOf } from "./standing";

/** What of a cap is spent and reserved: in words, and drawn. */
export function Bar({ standing }: { standing: Standing }) {
  const { cap, spent, reserved, tone } = standing;
  if (cap === null) {
    return (
      <div className={styles.bar}>
        <Money amount={spent} />
        <span className={styles.note}>no cap</span>
      </div>
    );
  }
  const used = Math.min(1, shareOf(spent, cap));
  const held = Math.min(1 - used, shareOf(reserved, cap));
  return (
    <div className={styles.bar}>
      <span>
        <Money amount={spent} /> <span className="quiet">of</span> <Money amount={cap} />
      </span>
      <div className={styles.track} aria-hidden="true">
        <div className={styles.spent} data-tone={tone} style={{ width: `${used * 100}%` }} />
        <div className={styles.reserved} style={{ width: `${held * 100}%` }} />
      </div>
      <span className={styles.note}>{share(Number(spent), Number(cap))} spent</span>
    </div>
  );
}
