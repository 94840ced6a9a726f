import { clock, day, when } from "~/design/format";

export type Step = "day" | "quarter_hour";

/** `22 Nov` or `14:15`, for an axis. */
export function stepTick(at: number, step: Step, zone: string): string {
  const time = new Date(at).toISOString();
  return step === "day" ? day(time, zone) : clock(time, zone).slice(0, 5);
}

/** `22 Nov` or `22 Nov 2026, 14:15`, for a table. */
export function stepName(at: number, step: Step, zone: string): string {
  const time = new Date(at).toISOString();
  return step === "day" ? day(time, zone) : when(time, zone).slice(0, -3);
}

export const AXIS = { stroke: "var(--ink-3)", fontSize: 12, tickLine: false } as const;
