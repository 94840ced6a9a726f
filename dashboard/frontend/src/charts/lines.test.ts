import { expect, it } from "vitest";
import { type LatencyPoint, lineRows, linesOf } from "./lines";

const AT = "2026-11-01T00:00:00Z";

function point(model: string, p50: number, p99: number): LatencyPoint {
  return { at: AT, provider: "acme", model, modality: "llm", ms: { count: 3, p50, p99 } };
}

it("draws every percentile of a single model", () => {
  const points = [point("m", 120, 480)];
  const lines = linesOf(points, "p99");
  expect(lines.map((one) => one.name)).toEqual(["p50", "p99"]);
  expect(lineRows(points, lines, [Date.parse(AT)])[0]?.values).toEqual([120, 480]);
});

it("draws one percentile of several", () => {
  const points = [point("m", 120, 480), point("n", 90, 300)];
  const lines = linesOf(points, "p99");
  expect(lines.map((one) => one.name)).toEqual(["acme/m (llm)", "acme/n (llm)"]);
  const steps = [Date.parse(AT), Date.parse(AT) + 86_400_000];
  expect(lineRows(points, lines, steps).map((one) => one.values)).toEqual([
    [480, 300],
    [undefined, undefined],
  ]);
});
