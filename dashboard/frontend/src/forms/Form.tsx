import type { ReactNode } from "react";
import { Button } from "~/design/controls";
import { Notice } from "~/design/surfaces";
import styles from "./Form.module.css";
import { type Faults, faultsOf } from "./faults";

type Props = {
  /** What is being said, for those who cannot see where the form stands. */
  label: string;
  /** Names of the fields, as the API has them: its faults are placed by them. */
  fields: readonly string[];
  saving: { isPending: boolean; error: unknown };
  submit: string;
  /** What the button says meanwhile. */
  busy?: string;
  onSubmit: () => void;
  onCancel?: () => void;
  /** `fault` says what the API found wrong with a field. */
  children: (fault: (field: string) => string | undefined) => ReactNode;
};

/** Fields, what is wrong with them at their place, and what sends them. */
export function Form({
  label,
  fields,
  saving,
  submit,
  busy = "Saving…",
  onSubmit,
  onCancel,
  children,
}: Props) {
  const faults: Faults = faultsOf(saving.isPending ? null : saving.error, fields);
  return (
    <form
      className={styles.form}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (!saving.isPending) onSubmit();
      }}
    >
      {children((field) => faults.at[field])}
      <div role="alert">
        {faults.rest && <Notice tone="bad">{faults.rest}</Notice>}
        {Object.keys(faults.at).length > 0 && (
          <span className="visually-hidden">Not saved: {Object.values(faults.at).join(" ")}</span>
        )}
      </div>
      <div className={styles.actions}>
        {onCancel && (
          <Button onClick={onCancel} disabled={saving.isPending}>
            Cancel
          </Button>
        )}
        <Button look="primary" type="submit" disabled={saving.isPending}>
          {saving.isPending ? busy : submit}
        </Button>
      </div>
    </form>
  );
}

/** Fields side by side, where there is room. */
export function FieldRow({ children }: { children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

export function FieldGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

/** Names and what they are, one under the other. */
export function Facts({ of }: { of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {of.map(([name, value]) => (
        <FactRow key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

export function Buttons({ children }: { children: ReactNode }) {
  return <div className={styles.buttons}>{children}</div>;
}
