import { describe, expect, it } from "vitest";
import { type CostPoint, exactSum, groupsOf, stackRows } from "./stack";
import { stepsOf } from "./steps";

function point(at: string, key: string, cost_usd: string | null): CostPoint {
  return { at, key, cost_usd, requests: 1, unpriced_requests: cost_usd ? 0 : 1, units: {} };
}

const PERIOD = {
  start: "2026-10-24T22:00:00Z",
  end: "2026-10-27T23:00:00Z",
  timezone: "Europe/Berlin",
};

describe("the steps of a period", () => {
  it("are its days, however long, with and without calls", () => {
    const steps = stepsOf({ period: PERIOD, step: "day" }, [], Date.parse("2026-12-01"));
    expect(steps.map((at) => new Date(at).toISOString())).toEqual([
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z", // a day of 25 hours before
      "2026-10-26T23:00:00.000Z",
    ]);
  });

  it("end with the present one", () => {
    const now = Date.parse("2026-10-24T22:40:00Z");
    expect(stepsOf({ period: PERIOD, step: "day" }, [], now)).toHaveLength(1);
    expect(stepsOf({ period: PERIOD, step: "quarter_hour" }, [], now)).toHaveLength(3);
  });
});

describe("what bars are made of", () => {
  it("puts the costliest first and the many cheap ones together", () => {
    const points = Array.from({ length: 12 }, (_, index) =>
      point("2026-11-01T00:00:00Z", `acme/m${index}`, `0.${String(index + 10)}`),
    );
    const groups = groupsOf(points);
    expect(groups.map((one) => one.name).slice(0, 2)).toEqual(["acme/m11", "acme/m10"]);
    expect(groups.at(-1)?.name).toBe("5 others");
    const [row] = stackRows(points, groups, [Date.parse("2026-11-01T00:00:00Z")]);
    const drawn = row?.values.reduce((sum, one) => sum + one, 0);
    expect(drawn).toBeCloseTo(Number(exactSum(points)));
  });

  it("keeps the colour of a leg", () => {
    expect(groupsOf([point("2026-11-01T00:00:00Z", "tts", "1")])[0]?.colour).toBe(
      "var(--series-3)",
    );
  });
});

describe("the sum of a step", () => {
  it("is exact", () => {
    const at = "2026-11-01T00:00:00Z";
    expect(exactSum([point(at, "a", "0.1"), point(at, "b", "0.2")])).toBe("0.3");
  });
  it("is unknown where nothing has a price, and 0 where there is nothing", () => {
    expect(exactSum([point("2026-11-01T00:00:00Z", "a", null)])).toBeNull();
    expect(exactSum([])).toBe("0");
  });
});
