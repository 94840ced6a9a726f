import { expect, it } from "vitest";
import { levelsOf, placed } from "./heat";

const AT = "2026-11-01T00:00:00Z";
const cell = (from_ms: number, to_ms: number, count: number) => ({ at: AT, from_ms, to_ms, count });

it("has a row for every step between the fastest and the slowest", () => {
  const levels = levelsOf([cell(100, 150, 4), cell(337.5, 506.25, 1)]);
  expect(levels.map((one) => one.from)).toEqual([337.5, 225, 150, 100]);
});

it("shows a single slow request beside many", () => {
  const cells = [cell(100, 150, 400), cell(150, 225, 1)];
  const found = placed(cells, [Date.parse(AT)], levelsOf(cells));
  expect(found.map((one) => [one.row, one.shade])).toEqual([
    [1, 5],
    [0, 1],
  ]);
});
