import { LegName } from "~/request/words";
import styles from "./Turns.module.css";

const LEGS = ["stt", "llm", "tts"] as const;

export function Legend() {
  return (
    <ul className={styles.legend}>
      {LEGS.map((leg) => (
        <li key={leg}>
          <span className={styles.sample} data-leg={leg} />
          <LegName modality={leg} />
        </li>
      ))}
      <li>
        <span className={styles.sample} data-leg="llm">
          <span className={styles.first} style={{ left: "55%" }} />
        </span>
        first output
      </li>
      <li>
        <span className={styles.sample} data-leg="llm" data-outcome="cancelled" /> cut off
      </li>
      <li>
        <span className={styles.sample} data-leg="llm" data-outcome="failed" /> failed
      </li>
      <li>
        <span className={styles.sample} data-leg="llm" data-outcome="open" /> running
      </li>
    </ul>
  );
}
