import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "~/api/client";
import { queries } from "~/api/queries";
import { SelectField, TextField } from "~/design/controls";
import { CheckField } from "~/design/fields";
import { Card, Notice } from "~/design/surfaces";
import { useFilters } from "~/filters/Filters";
import { FieldRow, Form } from "~/forms/Form";
import { FileDrop } from "./FileDrop";
import { faultOf } from "./files";

export type Question = {
  provider: string;
  start: string;
  end: string;
  threshold: string;
  force: boolean;
  files: readonly File[];
};

const FIELDS = ["provider", "start", "end", "threshold", "force"];
const READS: readonly Schema["Provider"]["status"][] = ["available", "loaded"];

type Props = {
  comparing: { isPending: boolean; error: unknown };
  onAsk: (question: Question) => void;
};

/** Whose bill, over which days, and the files. Provider and days are in the URL. */
export function ReconcileForm({ comparing, onAsk }: Props) {
  const [{ provider = "", start = "", end = "" }, change] = useFilters();
  const [threshold, setThreshold] = useState("5");
  const [force, setForce] = useState(false);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [days, setDays] = useState({ start, end });
  const [asked, setAsked] = useState(false);
  const setDay = (name: "start" | "end", value: string) => {
    const now = { ...days, [name]: value };
    setDays(now);
    if (now.start && now.end && now.start <= now.end) change({ ...now, period: undefined });
  };
  const usable = files.length > 0 && faultOf(files) === undefined;
  const zone = useQuery(queries.status()).data?.timezone ?? "the ledger's zone";
  return (
    <Card title="What to compare">
      <Form
        label="What to compare"
        fields={FIELDS}
        saving={comparing}
        submit="Compare"
        busy="Comparing…"
        onSubmit={() => {
          setAsked(true);
          if (usable) onAsk({ provider, ...days, threshold, force, files });
        }}
      >
        {(fault) => (
          <>
            <FieldRow>
              <ProviderField
                value={provider}
                onChange={(value) => change({ provider: value || undefined })}
                fault={fault("provider")}
              />
              <TextField
                label="From"
                type="date"
                required
                value={days.start}
                max={days.end || undefined}
                hint={`Days are those of ${zone}.`}
                onChange={(event) => setDay("start", event.target.value)}
                fault={fault("start")}
              />
              <TextField
                label="To, included"
                type="date"
                required
                value={days.end}
                min={days.start || undefined}
                onChange={(event) => setDay("end", event.target.value)}
                fault={fault("end")}
              />
              <TextField
                label="Flag from, in percent"
                inputMode="decimal"
                required
                value={threshold}
                onChange={(event) => setThreshold(event.target.value)}
                fault={fault("threshold")}
              />
            </FieldRow>
            <FileDrop files={files} onChange={setFiles} />
            <div role="alert">
              {asked && files.length === 0 && <Notice tone="bad">Choose at least one file.</Notice>}
            </div>
            <CheckField
              label="Compare even if the vendor's figures may not be final yet"
              hint="A window that ended within the last 24 hours is refused otherwise."
              checked={force}
              onChange={(event) => setForce(event.target.checked)}
              fault={fault("force")}
            />
          </>
        )}
      </Form>
    </Card>
  );
}

type FieldProps = { value: string; onChange: (value: string) => void; fault: string | undefined };

function ProviderField({ value, onChange, fault }: FieldProps) {
  const { data } = useQuery(queries.providers());
  const names = data?.filter((one) => READS.includes(one.status)).map((one) => one.id) ?? [];
  return (
    <SelectField
      label="Provider"
      required
      value={value}
      hint="Its plugin reads the export."
      onChange={(event) => onChange(event.target.value)}
      fault={fault}
    >
      <option value="">Choose one</option>
      {value && !names.includes(value) && <option>{value}</option>}
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </SelectField>
  );
}
