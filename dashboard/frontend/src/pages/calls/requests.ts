import type { Search } from "~/filters/search";
import type { Window } from "~/filters/window";
import type { Row } from "~/live/events";

export const PAGE = 50;

/** What the log is asked for; all times unless the filters name a period, `within`. */
export function askedFor(search: Search, within: Window) {
  const { project, modality, provider, model, status, session, cursor, rows } = search;
  const period = search.period || search.start ? within : {};
  const unpriced = rows === "unpriced" || undefined;
  const named = { project, modality, provider, model, status, session, cursor };
  return { ...named, ...period, unpriced, limit: PAGE };
}

/** Whether the log would list a row that begins or ends now; undefined where only the server knows:
 * of a page of older rows, and of a range of days. */
export function fits(row: Row, asked: ReturnType<typeof askedFor>): boolean | undefined {
  const { project, modality, provider, model, status, session, cursor, start, unpriced } = asked;
  const same = (wanted: string | undefined, ...is: (string | null)[]) =>
    wanted === undefined || is.includes(wanted);
  if (cursor !== undefined || start !== undefined) return undefined;
  return (
    !(unpriced && (row.outcome === "open" || row.cost_usd !== null)) &&
    same(project, row.project) &&
    same(modality, row.modality) &&
    same(provider, row.provider) &&
    same(model, row.model, `${row.provider}/${row.model}`) &&
    same(status, row.outcome) &&
    same(session, row.session_id)
  );
}

/** As the log is sorted: by start, then by id. */
export const NEWEST_FIRST = {
  keyOf: (row: Row) => row.id,
  above(one: Row, other: Row) {
    if (one.started_at !== other.started_at) return one.started_at > other.started_at;
    if (one.call_id !== other.call_id) return one.call_id > other.call_id;
    return one.attempt > other.attempt;
  },
  most: PAGE,
};
