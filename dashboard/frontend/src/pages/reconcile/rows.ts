import type { Schema } from "~/api/client";
import type { Tone } from "~/design/surfaces";

export type Row = Schema["ReconciliationRow"];

type Cause = NonNullable<Row["cause"]>;

export const CAUSES: Record<Cause, { tone: Tone; means: string }> = {
  units: { tone: "warn", means: "counted differently" },
  rate: { tone: "warn", means: "another price, or none here" },
  unmetered: { tone: "bad", means: "only the vendor has it" },
  unbilled: { tone: "bad", means: "only the ledger has it" },
  rounding: { tone: "usual", means: "rounding explains it" },
};

/** Flagged ones first, the widest drift before, otherwise in the order of the models' names. */
export function flaggedFirst(rows: readonly Row[]): Row[] {
  const drift = (row: Row) =>
    row.drift_pct === null ? Number.POSITIVE_INFINITY : Math.abs(row.drift_pct);
  return [...rows].sort((a, b) => {
    if (a.flagged !== b.flagged) return a.flagged ? -1 : 1;
    return a.flagged ? compare(drift(b), drift(a)) : 0;
  });
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** `+12.5 %`; a row without a figure to hold against has no drift. */
export function drift(row: Row): string {
  if (row.drift_pct === null) return "–";
  const size = Math.abs(row.drift_pct);
  const percent = size.toFixed(size < 0.01 ? 4 : 2).replace(/\.?0+$/, "");
  return `${row.drift_pct < 0 ? "−" : row.drift_pct > 0 ? "+" : ""}${percent} %`;
}

const COLUMNS = [
  "model",
  "modality",
  "unit",
  "recorded",
  "vendor",
  "recorded_usd",
  "vendor_usd",
  "drift_pct",
  "cause",
  "flagged",
] as const satisfies readonly (keyof Row)[];

/** As the API's JSON has it, exact; unknown is an empty cell. */
export function csvOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => COLUMNS.map((name) => cell(row[name])).join(","));
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

/** A name that a spreadsheet would take for a formula gets an apostrophe in front. */
function cell(value: Row[keyof Row]): string {
  if (value === null) return "";
  const text = String(value);
  const isName = typeof value === "string" && !/^-?\d+(\.\d+)?$/.test(text);
  const safe = isName && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
