import { describe, expect, it } from "vitest";
import type { Schema } from "~/api/client";
import { drawn, stepsOf } from "./burndown";
import { forecastOf } from "./forecast";
import { type Budget, effectOf, inTrouble, standingOf, worse } from "./standing";

const budget = (changes: Partial<Budget>): Budget => ({
  project: "shop",
  daily_budget_usd: "10.00",
  monthly_budget_usd: null,
  budget_action: "block",
  throttle_stack: null,
  spent_today_usd: "1.000000",
  spent_this_month_usd: "20.000000",
  unpriced_today: 0,
  reserved_usd: "0.500000",
  timezone: "UTC",
  day_ends: "2026-11-23T00:00:00Z",
  month_ends: "2026-12-01T00:00:00Z",
  reservations: [],
  running: [],
  ...changes,
});

describe("how a budget stands", () => {
  it("leaves what is neither spent nor reserved, exactly", () => {
    const { left, state } = standingOf(budget({ spent_today_usd: "0.100001" }), "day");
    expect([left, state]).toEqual(["9.399999", "fine"]);
  });

  it("has no rest without a cap", () => {
    expect(standingOf(budget({}), "month")).toMatchObject({ left: null, state: "no cap" });
  });

  it("is near from 80 %, held when calls hold the rest, spent at the cap", () => {
    const state = (spent: string) => standingOf(budget({ spent_today_usd: spent }), "day").state;
    expect(state("7.499")).toBe("fine");
    expect(state("7.5")).toBe("near");
    expect(state("9.500000")).toBe("held");
    expect(state("10.000000")).toBe("spent");
  });

  it("says what happens to new calls, by the action", () => {
    const spent = { spent_today_usd: "10" };
    expect(effectOf(budget(spent), "day")).toMatch(/day is spent: .*refused/);
    expect(effectOf(budget({ ...spent, budget_action: "warn" }), "day")).toMatch(/calls go on/);
    const throttled = { ...spent, budget_action: "throttle", throttle_stack: "house" } as const;
    expect(effectOf(budget(throttled), "day")).toMatch(/stack house/);
    expect(effectOf(budget({}), "day")).toBeUndefined();
  });

  it("puts those in trouble first", () => {
    const names = [
      budget({ project: "b", daily_budget_usd: null }),
      budget({ project: "c" }),
      budget({ project: "a", monthly_budget_usd: "20" }),
    ];
    expect(worse(names[2] as Budget)).toBe("month");
    expect(names.sort(inTrouble).map((one) => one.project)).toEqual(["a", "c", "b"]);
  });
});

describe("the forecast", () => {
  const stretch = { start: 0, end: 100_000, now: 25_000 };

  it("is a straight line from the period so far", () => {
    expect(forecastOf("3.00", "10.00", stretch)).toEqual({
      total: "12.000000",
      reached: 83_333,
    });
    expect(forecastOf("1", "10", stretch)?.reached).toBeUndefined();
  });

  it("is unknown when too little has passed, or nothing was spent", () => {
    expect(forecastOf("3", null, { ...stretch, now: 4_000 })).toBeUndefined();
    expect(forecastOf("0.000000", null, stretch)).toBeUndefined();
  });
});

describe("the burn-down", () => {
  const point = (at: string, cost_usd: string | null) =>
    ({ at, cost_usd, unpriced_requests: cost_usd === null ? 1 : 0 }) as Schema["CostPoint"];
  const series = {
    step: "quarter_hour",
    points: [point("2026-11-22T01:00:00Z", "0.10"), point("2026-11-22T02:00:00Z", null)],
  } as Schema["CostSeries"];
  const [start, now] = [Date.parse("2026-11-22T00:00:00Z"), Date.parse("2026-11-22T02:05:00Z")];

  it("adds up what was spent, and keeps unknown costs unknown", () => {
    const steps = stepsOf(series, now, "0.3");
    expect(steps.map((one) => [one.cost, one.spent, one.left, one.unpriced])).toEqual([
      ["0.10", "0.10", "0.20", 0],
      [null, "0.10", "0.20", 1],
    ]);
    expect(steps[1]?.to).toBe(now);
  });

  it("is drawn from the cap down, and on to the end of the period", () => {
    const end = start + 86_400_000;
    const steps = stepsOf(series, now, "0.3");
    const rows = drawn(steps, { start, end, now }, "0.3", { total: "0.5", reached: undefined });
    expect(rows[0]).toEqual({ at: start, real: 0.3, even: 0.3 });
    expect(rows.at(-2)).toEqual({ at: now, real: 0.2, forecast: 0.2 });
    expect(rows.at(-1)).toEqual({ at: end, forecast: 0.3 - 0.5, even: 0 });
  });
});
