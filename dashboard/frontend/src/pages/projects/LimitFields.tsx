import { Button, SelectField, TextField } from "~/design/controls";
import { FieldGroup, FieldRow } from "~/forms/Form";
import styles from "./Projects.module.css";
import type { Limit } from "./settings";

type Props = {
  limits: readonly Limit[];
  fault: string | undefined;
  onChange: (limits: Limit[]) => void;
};

const NEW: Limit = {
  provider: "",
  requests_per_minute: "",
  concurrent_streams: "",
  on_limit: "raise",
};

/** How much of a provider a project may use at once. */
export function LimitFields({ limits, fault, onChange }: Props) {
  const change = (index: number, changes: Partial<Limit>) =>
    onChange(limits.map((one, i) => (i === index ? { ...one, ...changes } : one)));
  return (
    <FieldGroup title="Rate limits of this project">
      {limits.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a limit has no name until it is typed
        <div key={index} className={styles.limit}>
          <LimitRow limit={one} onChange={(changes) => change(index, changes)} />
          <Button
            look="plain"
            aria-label={`Take away the limit of ${one.provider || "no provider yet"}`}
            onClick={() => onChange(limits.filter((_, i) => i !== index))}
          >
            Take away
          </Button>
        </div>
      ))}
      {fault && <p className={styles.fault}>{fault}</p>}
      <div>
        <Button onClick={() => onChange([...limits, NEW])}>Add a limit</Button>
      </div>
    </FieldGroup>
  );
}

function LimitRow({
  limit,
  onChange,
}: {
  limit: Limit;
  onChange: (changes: Partial<Limit>) => void;
}) {
  return (
    <FieldRow>
      <TextField
        label="Provider"
        required
        value={limit.provider}
        onChange={(event) => onChange({ provider: event.target.value })}
      />
      <TextField
        label="Requests a minute"
        inputMode="numeric"
        value={limit.requests_per_minute}
        onChange={(event) => onChange({ requests_per_minute: event.target.value })}
      />
      <TextField
        label="Streams at once"
        inputMode="numeric"
        value={limit.concurrent_streams}
        onChange={(event) => onChange({ concurrent_streams: event.target.value })}
      />
      <SelectField
        label="At the limit"
        value={limit.on_limit}
        onChange={(event) => onChange({ on_limit: event.target.value as Limit["on_limit"] })}
      >
        <option value="raise">Refuse</option>
        <option value="wait">Wait, a minute at most</option>
      </SelectField>
    </FieldRow>
  );
}
