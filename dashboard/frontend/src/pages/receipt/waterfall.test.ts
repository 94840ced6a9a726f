import { describe, expect, test } from "vitest";
import type { Schema } from "~/api/client";
import { interrupted, troubles } from "./troubles";
import { firstIn, offset, placed, ticks, waterfall } from "./waterfall";

type Row = Schema["LogRow"];

const START = Date.parse("2026-11-22T06:00:00Z");
const at = (ms: number) => new Date(START + ms).toISOString();

let made = 0;
const row = (from: number, length: number | null, changes: Partial<Row> = {}): Row => ({
  id: `C${++made}-1`,
  call_id: `C${made}`,
  attempt: 1,
  speech_id: "s1",
  started_at: at(from),
  project: "support",
  session_id: "room",
  modality: "llm",
  provider: "acme",
  model: "chat-1",
  outcome: "completed",
  units: {},
  unit_basis: null,
  verdict: null,
  cost_usd: null,
  price_source: null,
  ttfb_ms: null,
  duration_ms: length,
  fallback_from: null,
  error: null,
  ...changes,
});
const turn = (speech_id: string | null, ...rows: Row[]): Schema["Turn"] => ({
  speech_id,
  started_at: rows[0]?.started_at ?? at(0),
  cost_usd: null,
  first_audio_ms: null,
  rows,
});
const laid = (turns: Schema["Turn"][], now = START, axis: "call" | "turn" = "call") =>
  waterfall({ started_at: at(0), turns }, now, axis);

describe("the axis", () => {
  const beside = turn(null, row(0, 60_000, { modality: "stt", speech_id: null }));
  const turns = [beside, turn("s1", row(5_000, 800)), turn("s2", row(20_000, 1_500))];

  test("of the call begins at the call's start and ends at the last end", () => {
    const { lines, end } = laid(turns);
    expect(end).toBe(60_000);
    expect(lines.map((line) => line.number)).toEqual([0, 1, 2]);
    expect(lines[2]?.begins).toBe(20_000);
    expect(lines[2]?.lanes[0]?.bars[0]).toMatchObject({ from: 20_000, to: 21_500 });
  });

  test("of the turns begins anew with each, without what belongs to none", () => {
    const { lines, end } = laid(turns, START, "turn");
    expect(end).toBe(1_500);
    expect(lines.map((line) => line.number)).toEqual([1, 2]);
    expect(lines.map((line) => line.lanes[0]?.bars[0]?.from)).toEqual([0, 0]);
  });

  test("of a call without anything has a length all the same", () => {
    expect(laid([]).end).toBe(1);
  });

  test("has round ticks, never too many", () => {
    expect(ticks(1_500)).toEqual([0, 500, 1_000, 1_500]);
    expect(ticks(61_000)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    for (const end of [1, 99, 12_345, 777_777, 9e6, 4e8]) {
      expect(ticks(end).length).toBeLessThanOrEqual(8);
      expect(ticks(end)[0]).toBe(0);
    }
  });

  test("names its places", () => {
    expect(offset(1_500, 9_000)).toBe("1.5 s");
    expect(offset(62_900)).toBe("1:02");
    expect(offset(3_725_000)).toBe("1:02:05");
  });
});

describe("bars", () => {
  test("of a leg that run at the same time lie under each other, legs in their order", () => {
    const { lines } = laid([
      turn(
        "s1",
        row(0, 100, { modality: "tts" }),
        row(0, 1_000),
        row(500, 1_000),
        row(1_000, 200),
        row(0, 50, { modality: "stt" }),
      ),
    ]);
    const lanes = lines[0]?.lanes ?? [];
    expect(lanes.map((lane) => lane.leg)).toEqual(["stt", "llm", "llm", "tts"]);
    expect(lanes.map((lane) => lane.bars.length)).toEqual([1, 2, 1, 1]);
  });

  test("that are open reach to now, and none ends before it begins", () => {
    const open = row(2_000, null, { outcome: "open" });
    const now = (ms: number) => laid([turn("s1", open)], START + ms).lines[0]?.lanes[0]?.bars[0];
    expect(now(5_000)?.to).toBe(5_000);
    expect(now(1_000)?.to).toBe(2_000); // the clock of this machine is behind
  });

  test("whose length nobody measured have none", () => {
    expect(laid([turn("s1", row(7, null))]).lines[0]?.lanes[0]?.bars[0]).toMatchObject({
      from: 7,
      to: 7,
    });
  });

  test("are placed in shares of the axis", () => {
    expect(placed({ from: 250, to: 500 }, 1_000)).toEqual({ left: "25%", width: "25%" });
  });

  test("mark the first output where it came, never outside", () => {
    const first = (ttfb_ms: number | null) => {
      const bar = laid([turn("s1", row(100, 400, { ttfb_ms }))]).lines[0]?.lanes[0]?.bars[0];
      return bar && firstIn(bar);
    };
    expect(first(100)).toBe("25%");
    expect(first(900)).toBe("100%");
    expect(first(null)).toBeUndefined();
  });
});

test("says who failed before, and who was asked then", () => {
  const rows = [
    row(0, 100, { outcome: "failed", error: "APIStatusError 503" }),
    row(200, 100, { attempt: 2, outcome: "failed", error: "APITimeoutError" }),
    row(400, 100, { provider: "west", fallback_from: "acme/chat-1" }),
    row(600, 100, { modality: "tts", outcome: "cancelled" }),
  ];
  expect(troubles(rows)).toEqual([
    "LLM: acme/chat-1 failed (APIStatusError 503).",
    "LLM: acme/chat-1 was asked again, attempt 2.",
    "LLM: acme/chat-1 failed (APITimeoutError).",
    "LLM: acme/chat-1 had failed, west/chat-1 was asked.",
  ]);
  expect(interrupted(rows)).toBe(true);
  expect(interrupted(rows.slice(0, 3))).toBe(false);
});
