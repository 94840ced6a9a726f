import type { ReactNode } from "react";
import styles from "./request.module.css";
import { useOpenRequest } from "./useOpenRequest";

type Props = { id: string; children: ReactNode; "data-row"?: boolean };

/** Opens a request's details over the page. */
export function OpenRequest({ id, children, ...rest }: Props) {
  const open = useOpenRequest();
  return (
    <button
      type="button"
      className={styles.open}
      aria-haspopup="dialog"
      onClick={() => open(id)}
      {...rest}
    >
      {children}
    </button>
  );
}
