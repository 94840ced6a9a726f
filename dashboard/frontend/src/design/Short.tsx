import styles from "./Short.module.css";

/** A name on one line, cut off where it is long; whole when pointed at, and when read out. */
export function Short({ children }: { children: string }) {
  return (
    <span className={styles.short} title={children}>
      {children}
    </span>
  );
}
