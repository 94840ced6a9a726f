import { type ReactNode, useId } from "react";
import { ProblemError } from "~/api/client";
import { Button } from "./controls";
import styles from "./surfaces.module.css";

type PageProps = { title: string; lead?: ReactNode; tools?: ReactNode; children: ReactNode };

/** A page: its name, what narrows it down, and what it shows. */
export function Page({ title, lead, tools, children }: PageProps) {
  return (
    <div className={styles.page}>
      <title>{`${title} · VoiceGateway`}</title>
      <header className={styles.head}>
        <div>
          <h1>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {tools && <div className={styles.tools}>{tools}</div>}
      </header>
      {children}
    </div>
  );
}

type CardProps = { title: string; aside?: ReactNode; children: ReactNode };

export function Card({ title, aside, children }: CardProps) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <header className={styles.cardHead}>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

export function Cards({ children }: { children: ReactNode }) {
  return <div className={styles.cards}>{children}</div>;
}

export function Figures({ children }: { children: ReactNode }) {
  return <dl className={styles.figures}>{children}</dl>;
}

/** One number, what it is, and what it is to be held against. */
export function Figure({
  name,
  value,
  note,
}: {
  name: string;
  value: ReactNode;
  note?: ReactNode;
}) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>{value}</dd>
      {note && (
        <dd>
          <small>{note}</small>
        </dd>
      )}
    </div>
  );
}

export type Tone = "usual" | "good" | "warn" | "bad" | "accent";

export function Badge({ tone = "usual", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={tone === "usual" ? styles.badge : `${styles.badge} ${styles[tone]}`}>
      {children}
    </span>
  );
}

/** Several of them, in a row that wraps. */
export function Badges({ children }: { children: ReactNode }) {
  return <span className={styles.badges}>{children}</span>;
}

export function Notice({ tone = "usual", children }: { tone?: Tone; children: ReactNode }) {
  const more = { bad: styles.noticeBad, warn: styles.noticeWarn }[tone as string];
  return <div className={more ? `${styles.notice} ${more}` : styles.notice}>{children}</div>;
}

/** What went wrong and what to do about it. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const message =
    error instanceof ProblemError ? error.message : "This page has a fault: reload it, please.";
  return (
    <div role="alert">
      <Notice tone="bad">
        <p>{message}</p>
        {retry && (
          <p>
            <Button look="plain" onClick={retry}>
              Try again
            </Button>
          </p>
        )}
      </Notice>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

/** Holds the place of what is not there yet, so that nothing jumps. */
export function Waiting({ what }: { what: string }) {
  return (
    <div className={styles.waiting} role="status">
      <span className="visually-hidden">Loading {what}</span>
    </div>
  );
}

type Result<T> = {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
};

/** A query's answer, or what stands for it. */
export function Answer<T>({
  of,
  what,
  children,
}: {
  of: Result<T>;
  what: string;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) {
    return (
      <>
        {of.error ? <Failure error={of.error} retry={() => of.refetch()} /> : null}
        {children(of.data)}
      </>
    );
  }
  if (of.error) return <Failure error={of.error} retry={() => of.refetch()} />;
  return <Waiting what={what} />;
}
