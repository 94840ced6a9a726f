import { describe, expect, it } from "vitest";
import { startOfDay, stepOf, windowBefore, windowOf } from "./window";

const NOW = Date.parse("2026-11-22T14:43:20Z"); // a Sunday

describe("midnight in a zone", () => {
  it.each([
    ["2026-11-22", "UTC", "2026-11-22T00:00:00.000Z"],
    ["2026-11-22", "Europe/Berlin", "2026-11-21T23:00:00.000Z"],
    ["2026-07-01", "America/New_York", "2026-07-01T04:00:00.000Z"],
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"], // clocks go forward that night
    ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
    ["2026-11-22", "Asia/Kolkata", "2026-11-21T18:30:00.000Z"],
  ])("of %s in %s", (day, zone, expected) => {
    expect(new Date(startOfDay(day, zone)).toISOString()).toBe(expected);
  });
});

it("leaves the ledger's own calendar to the server", () => {
  expect(windowOf({ period: "week" }, "UTC", "UTC", NOW)).toEqual({ period: "week" });
  expect(windowOf({}, "UTC", "UTC", NOW)).toEqual({ period: "month" });
});

it("names moments for another zone", () => {
  const day = { start: "2026-11-01", end: "2026-11-02" };
  expect(windowOf(day, "Europe/Berlin", "UTC", NOW)).toEqual({
    start: "2026-10-31T23:00:00Z",
    end: "2026-11-02T23:00:00Z",
  });
});

describe("the period before", () => {
  it.each([
    [{ period: "today" } as const, "2026-11-21T00:00:00Z", "2026-11-21T14:43:00Z"],
    [{ period: "week" } as const, "2026-11-09T00:00:00Z", "2026-11-15T14:43:00Z"],
    [{}, "2026-10-01T00:00:00Z", "2026-10-22T14:43:00Z"],
    [{ start: "2026-11-03", end: "2026-11-05" }, "2026-10-31T00:00:00Z", "2026-11-03T00:00:00Z"],
  ])("of %j", (search, start, end) => {
    expect(windowBefore(search, "UTC", NOW)).toEqual({ start, end });
  });

  it("never reaches into the present one", () => {
    const end = Date.parse("2026-03-31T20:00:00Z");
    expect(windowBefore({}, "UTC", end).end).toBe("2026-03-01T00:00:00Z");
  });
});

it("draws quarter-hours of the last two days alone", () => {
  expect(stepOf({ period: "today" }, "UTC", NOW)).toBe("quarter_hour");
  expect(stepOf({ start: "2026-11-21", end: "2026-11-21" }, "UTC", NOW)).toBe("quarter_hour");
  expect(stepOf({ start: "2026-11-20", end: "2026-11-20" }, "UTC", NOW)).toBe("day");
  expect(stepOf({ period: "week" }, "UTC", NOW)).toBe("day");
});
