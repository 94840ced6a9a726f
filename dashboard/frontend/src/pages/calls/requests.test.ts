import { expect, test } from "vitest";
import type { Search } from "~/filters/search";
import type { Window } from "~/filters/window";
import type { Row } from "~/live/events";
import { begun, shownOf, withRow } from "~/live/liveRows";
import { askedFor, fits, NEWEST_FIRST } from "./requests";

const row = (changes: Partial<Row> = {}): Row => ({
  id: "A-1",
  call_id: "A",
  attempt: 1,
  speech_id: null,
  started_at: "2026-11-22T06:04:00.250000Z",
  project: "support",
  session_id: "room-1",
  modality: "llm",
  provider: "acme",
  model: "chat-1",
  outcome: "completed",
  units: {},
  unit_basis: "reported",
  verdict: "confirmed",
  cost_usd: "0.001000",
  price_source: "acme",
  ttfb_ms: 200,
  duration_ms: 900,
  fallback_from: null,
  error: null,
  ...changes,
});

// As the page asks for them.
const within = ({ period, start, end }: Search): Window => ({ period, start, end });

test.each([
  [{}, true],
  [{ project: "support", modality: "llm", provider: "acme" }, true],
  [{ project: "other" }, false],
  [{ modality: "tts" }, false],
  [{ provider: "north" }, false],
  [{ model: "chat-1" }, true],
  [{ model: "acme/chat-1" }, true],
  [{ model: "north/chat-1" }, false],
  [{ status: "completed" }, true],
  [{ status: "open" }, false],
  [{ session: "room-1" }, true],
  [{ session: "room" }, false],
  [{ cursor: "1.A.1" }, undefined],
  [{ period: "today" }, true],
  [{ start: "2026-11-01", end: "2026-11-30" }, undefined],
  [{ rows: "unpriced" }, false],
] as const)("a row fits %o: %s", (search, answer) => {
  expect(fits(row(), askedFor(search, within(search)))).toBe(answer);
});

test("a row without a price is one of the unpriced once it has ended", () => {
  const asked = askedFor({ rows: "unpriced" }, {});
  expect(fits(row({ cost_usd: null }), asked)).toBe(true);
  expect(fits(row({ cost_usd: null, outcome: "open" }), asked)).toBe(false);
});

test("all times are asked for unless a period is named", () => {
  expect(askedFor({}, { period: "month" })).not.toHaveProperty("period");
  expect(askedFor({ period: "week" }, { period: "week" })).toHaveProperty("period", "week");
});

test("a row without a session is of no session that is asked for", () => {
  expect(fits(row({ session_id: null }), askedFor({ session: "null" }, {}))).toBe(false);
});

test("rows are sorted by start, then call, then attempt", () => {
  const later = row({ id: "B-1", call_id: "B", started_at: "2026-11-22T06:04:01.000000Z" });
  const twin = row({ id: "C-1", call_id: "C" });
  const again = row({ id: "A-2", attempt: 2 });
  const list = [again, later, row(), twin].reduce(
    (was, one) => withRow(was, one, true, NEWEST_FIRST),
    begun<Row>([]),
  );
  expect(shownOf(list).map((one) => one.id)).toEqual(["B-1", "C-1", "A-2", "A-1"]);
});
