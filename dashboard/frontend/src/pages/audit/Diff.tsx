import styles from "./Audit.module.css";
import { type Difference, differences } from "./diff";

type Settings = Readonly<Record<string, unknown>> | null;

/** What a change did: each setting, what it was, and what it is. */
export function Diff({ before, after }: { before: Settings; after: Settings }) {
  const found = differences(before, after);
  if (found.length === 0) return <span className="quiet">no setting differs</span>;
  return (
    <ul className={styles.diff}>
      {found.map((one) => (
        <li key={one.path}>
          <span className={styles.path}>{one.path}:</span> <Values of={one} />
        </li>
      ))}
    </ul>
  );
}

function Values({ of: { before, after } }: { of: Difference }) {
  return (
    <>
      {before !== undefined && (
        <>
          <span className="visually-hidden">was </span>
          <del className={styles.before}>{before}</del>
        </>
      )}
      {before !== undefined && after !== undefined && <span aria-hidden="true"> → </span>}
      {after !== undefined && (
        <>
          <span className="visually-hidden"> is </span>
          <ins className={styles.after}>{after}</ins>
        </>
      )}
    </>
  );
}
