import { type ReactNode, useEffect, useId, useRef } from "react";
import styles from "./Dialog.module.css";

type Props = {
  title: string;
  onClose: () => void;
  actions?: ReactNode;
  /** For tables. */
  wide?: boolean;
  children: ReactNode;
};

/** A modal question. The browser keeps the focus in it, and Escape closes it. Open while mounted. */
export function Dialog({ title, onClose, actions, wide = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? `${styles.dialog} ${styles.wide}` : styles.dialog}
      aria-labelledby={id}
      onClose={onClose}
    >
      <div className={styles.body}>
        <h2 id={id}>{title}</h2>
        {children}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </dialog>
  );
}
