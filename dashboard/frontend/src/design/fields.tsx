import type { InputHTMLAttributes, ReactNode, TextareaHTMLAttributes } from "react";
import { About, type FieldProps, Labelled, useDescription } from "./controls";
import styles from "./controls.module.css";

/** Text of several lines, such as JSON. */
export function AreaField({
  label,
  hint,
  fault,
  ...rest
}: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Labelled
      label={label}
      hint={hint}
      fault={fault}
      control={({ className, ...wiring }) => (
        <textarea
          rows={4}
          spellCheck={false}
          {...rest}
          {...wiring}
          className={`${className} ${styles.area}`}
          aria-invalid={fault ? true : undefined}
        />
      )}
    />
  );
}

type CheckProps = { label: ReactNode; hint?: ReactNode; fault?: string | undefined } & Omit<
  InputHTMLAttributes<HTMLInputElement>,
  "type"
>;

/** A yes or no. */
export function CheckField({ label, hint, fault, ...rest }: CheckProps) {
  const { id, about } = useDescription({ hint, fault });
  return (
    <div className={styles.field}>
      <div className={styles.check}>
        <input {...rest} type="checkbox" id={id} aria-describedby={about} />
        <label htmlFor={id}>{label}</label>
      </div>
      <About id={about} hint={hint} fault={fault} />
    </div>
  );
}
