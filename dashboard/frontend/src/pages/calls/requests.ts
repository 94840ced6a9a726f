import type { Search } from "~/filters/search";
import type { Row } from "~/live/events";

export const PAGE = 50;

/** What the log is asked for. */
export function askedFor(search: Search) {
  const { project, modality, provider, model, status, session, cursor } = search;
  return { project, modality, provider, model, status, session, cursor, limit: PAGE };
}

/** Whether the log would list a row. A page of older rows has none that comes in. */
export function fits(row: Row, asked: ReturnType<typeof askedFor>): boolean {
  const { project, modality, provider, model, status, session, cursor } = asked;
  const same = (wanted: string | undefined, ...is: (string | null)[]) =>
    wanted === undefined || is.includes(wanted);
  return (
    cursor === undefined &&
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
