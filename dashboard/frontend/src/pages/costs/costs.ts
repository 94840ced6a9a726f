import type { Schema } from "~/api/client";
import type { Grouping, Search } from "~/filters/search";
import type { Window } from "~/filters/window";

export type CostRow = Schema["CostRow"];

/** What narrows costs down, besides the period. */
export function narrowed({ project, provider, model, modality }: Search) {
  return { project, provider, model, modality };
}

export const GROUPINGS = [
  ["modality", "Leg"],
  ["provider", "Provider"],
  ["model", "Model"],
  ["project", "Project"],
] as const satisfies readonly (readonly [Grouping, string])[];

export function rowsOf(costs: Schema["Costs"], by: Grouping): CostRow[] {
  return costs[`by_${by}`];
}

/** What a key is narrowed down by, and what its parts are then shown by. */
export function drilled(by: Grouping, key: string): Record<string, string> {
  const next: Record<Grouping, Grouping> = {
    modality: "model",
    provider: "model",
    model: "project",
    project: "modality",
  };
  return { [by]: key, by: next[by] };
}

const LEGS: Readonly<Record<string, string>> = {
  stt: "Speech to text",
  llm: "Language model",
  tts: "Text to speech",
};

export function keyName(key: string): string {
  return LEGS[key] ?? key;
}

/** Where the same requests can be had as a file, one line each. */
export function exportLink(window: Window, search: Search, format: "csv" | "json"): string {
  const asked = { ...window, ...narrowed(search), format };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value) query.set(name, value);
  return `/v1/export-costs?${query}`;
}

/** By how much of the former an amount has changed: `+12 %`, `14 times as much`, for reading alone. */
export function changeOf(now: string | null, before: string | null): string | undefined {
  if (now === null || before === null || Number(before) === 0) return undefined;
  const times = Number(now) / Number(before);
  if (times >= 10) return `${times.toFixed(0)} times as much`;
  const percent = (Number(now) / Number(before) - 1) * 100;
  const size =
    Math.abs(percent) >= 10 ? Math.abs(percent).toFixed(0) : Math.abs(percent).toFixed(1);
  if (Number(size) === 0) return "±0 %";
  return `${percent < 0 ? "−" : "+"}${size} %`;
}
