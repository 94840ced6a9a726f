/** What narrows a page down. It lives in the URL, so that a view can be sent to somebody. */

const PERIODS = ["today", "week", "month"] as const;
const MODALITIES = ["stt", "llm", "tts"] as const;
const GROUPINGS = ["modality", "provider", "model", "project"] as const;
const OUTCOMES = ["open", "completed", "cancelled", "failed", "abandoned"] as const;

export type PeriodName = (typeof PERIODS)[number];
export type Modality = (typeof MODALITIES)[number];
export type Grouping = (typeof GROUPINGS)[number];
export type Outcome = (typeof OUTCOMES)[number];

export type Search = {
  period?: PeriodName;
  /** The first and the last day of a range, `2026-11-01`; instead of a period. */
  start?: string;
  end?: string;
  project?: string;
  modality?: Modality;
  provider?: string;
  /** `provider/model`, or the model alone. */
  model?: string;
  status?: Outcome;
  session?: string;
  /** A part of a session's id. */
  search?: string;
  /** What the list of calls lists; sessions unless it says `requests`. */
  view?: "requests";
  /** The page after this place of a list. */
  cursor?: string;
  /** The request whose details are open. */
  request?: string;
  /** What a line of the audit log is about, and who wrote it. */
  kind?: string;
  actor?: string;
  /** What the bars of a receipt begin at. */
  axis?: "call" | "turn";
  /** What costs are stacked by; the leg unless it says otherwise. */
  by?: Grouping;
  /** Which requests are listed below the costs; all unless it says `unpriced`. */
  rows?: "unpriced";
  /** Which time is shown; that to the first byte unless it says `duration`. */
  measure?: "duration";
};

const TEXTS = [
  "provider",
  "model",
  "session",
  "search",
  "cursor",
  "request",
  "kind",
  "actor",
] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the query of a URL; whatever is not understood is left out. */
export function readSearch(raw: Record<string, unknown>): Search {
  const found: Search = {};
  const [start, end] = [dayOf(raw.start), dayOf(raw.end)];
  if (start && end && start <= end) Object.assign(found, { start, end });
  else if (oneOf(PERIODS, raw.period)) found.period = raw.period;
  const project = textOf(raw.project);
  if (project) found.project = project;
  if (oneOf(MODALITIES, raw.modality)) found.modality = raw.modality;
  if (oneOf(OUTCOMES, raw.status)) found.status = raw.status;
  if (raw.view === "requests") found.view = raw.view;
  if (raw.axis === "call" || raw.axis === "turn") found.axis = raw.axis;
  if (oneOf(GROUPINGS, raw.by)) found.by = raw.by;
  if (raw.rows === "unpriced") found.rows = raw.rows;
  if (raw.measure === "duration") found.measure = raw.measure;
  for (const name of TEXTS) {
    const text = textOf(raw[name]);
    if (text) found[name] = text;
  }
  return found;
}

/** A text of a query, which the router may have read as a number or a truth value. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

export function oneOf<T extends string>(all: readonly T[], value: unknown): value is T {
  return (all as readonly unknown[]).includes(value);
}

function dayOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

type Period = { period?: PeriodName; start?: string; end?: string };

/** The period as the API asks for it; this month where the URL names none. */
export function periodOf(search: Search): Period {
  if (search.start && search.end) return { start: search.start, end: search.end };
  return { period: search.period ?? "month" };
}

/** The same, and the project if one is chosen. */
export function scopeOf(search: Search): Period & { project?: string } {
  const period = periodOf(search);
  return search.project ? { ...period, project: search.project } : period;
}
