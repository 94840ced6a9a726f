import {
  type ButtonHTMLAttributes,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  useId,
} from "react";
import styles from "./controls.module.css";

type Look = "usual" | "primary" | "danger" | "plain";

/** The classes of a button, for links that look like one. */
export function buttonClass(look: Look = "usual"): string {
  return look === "usual" ? (styles.button ?? "") : `${styles.button} ${styles[look]}`;
}

export function Button({
  look = "usual",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look }) {
  return <button type="button" {...rest} className={buttonClass(look)} />;
}

export type FieldProps = { label: string; hint?: ReactNode; fault?: string | undefined };

export function useDescription({ hint, fault }: Pick<FieldProps, "hint" | "fault">) {
  const id = useId();
  return { id, about: hint || fault ? `${id}-about` : undefined };
}

export function About({ id, hint, fault }: { id: string | undefined } & Omit<FieldProps, "label">) {
  if (id === undefined) return null;
  return (
    <span id={id} className={fault ? styles.fault : styles.hint}>
      {fault ?? hint}
    </span>
  );
}

type Wiring = { id: string; className: string | undefined; "aria-describedby": string | undefined };

/** A control under its label, and what is to be said of it. */
export function Labelled({
  label,
  hint,
  fault,
  control,
}: FieldProps & { control: (wiring: Wiring) => ReactNode }) {
  const { id, about } = useDescription({ hint, fault });
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {control({ id, className: styles.input, "aria-describedby": about })}
      <About id={about} hint={hint} fault={fault} />
    </div>
  );
}

/** A labelled input. `fault` is what is wrong with it, and how to mend it. */
export function TextField({
  label,
  hint,
  fault,
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement>) {
  const control = (wiring: Wiring) => (
    <input {...rest} {...wiring} aria-invalid={fault ? true : undefined} />
  );
  return <Labelled label={label} hint={hint} fault={fault} control={control} />;
}

export function SelectField({
  label,
  hint,
  fault,
  ...rest
}: FieldProps & SelectHTMLAttributes<HTMLSelectElement>) {
  const control = (wiring: Wiring) => <select {...rest} {...wiring} />;
  return <Labelled label={label} hint={hint} fault={fault} control={control} />;
}

type SegmentsProps<T extends string> = {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T | undefined;
  onChange: (value: T) => void;
};

/** A choice of a few, all to be seen. */
export function Segments<T extends string>({ label, options, value, onChange }: SegmentsProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row
    <div role="group" aria-label={label} className={styles.segments}>
      {options.map(([key, text]) => (
        <button
          key={key}
          type="button"
          className={styles.segment}
          aria-pressed={key === value}
          onClick={() => onChange(key)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
