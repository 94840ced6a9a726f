import type { Schema } from "~/api/client";
import { LEGS } from "~/request/words";

type Row = Schema["LogRow"];

/** What did not go as it should in a turn, in the order it happened, a sentence each. */
export function troubles(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const said = [];
    if (row.fallback_from) {
      said.push(
        `${LEGS[row.modality]}: ${row.fallback_from} had failed, ${nameOf(row)} was asked.`,
      );
    } else if (row.attempt > 1) {
      said.push(`${LEGS[row.modality]}: ${nameOf(row)} was asked again, attempt ${row.attempt}.`);
    }
    const end = ENDS[row.outcome];
    if (end) {
      const why = row.error ? ` (${row.error})` : "";
      said.push(`${LEGS[row.modality]}: ${nameOf(row)} ${end}${why}.`);
    }
    return said;
  });
}

const ENDS: Partial<Readonly<Record<Row["outcome"], string>>> = {
  failed: "failed",
  abandoned: "was abandoned: its process died",
};

function nameOf(row: Row): string {
  return `${row.provider}/${row.model}`;
}

export function interrupted(rows: readonly Row[]): boolean {
  return rows.some((row) => row.outcome === "cancelled");
}
