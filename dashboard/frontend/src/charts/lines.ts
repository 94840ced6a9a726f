import type { Schema } from "~/api/client";

export type LatencyPoint = Schema["LatencyPoint"];
/** One line: a model's percentile, or one of several percentiles of a model. */
export type Line = { name: string; of: (point: LatencyPoint) => number | undefined };
export type LineRow = { at: number; values: (number | undefined)[] };

export function percentileOf(ms: Schema["Percentiles"], name: string): number | undefined {
  return (ms as Readonly<Record<string, number>>)[name];
}

/** `p50`, `p95`: those that the configuration names, the smallest first. */
export function percentilesIn(points: readonly { ms: Schema["Percentiles"] }[]): string[] {
  const names = new Set(points.flatMap((one) => Object.keys(one.ms)));
  names.delete("count");
  return [...names].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}

export function nameOfPoint(point: LatencyPoint): string {
  return point.model === null ? point.modality : `${point.provider}/${point.model}`;
}

/** Every percentile where there is one model, one percentile of each where there are several. */
export function linesOf(points: readonly LatencyPoint[], percentile: string): Line[] {
  const names = [...new Set(points.map(legOf))];
  if (names.length === 1) {
    return percentilesIn(points).map((name) => ({ name, of: (one) => percentileOf(one.ms, name) }));
  }
  return names.map((name) => ({
    name,
    of: (one) => (legOf(one) === name ? percentileOf(one.ms, percentile) : undefined),
  }));
}

// One model may have two roles, which are two lines.
function legOf(point: LatencyPoint): string {
  return point.model === null ? point.modality : `${nameOfPoint(point)} (${point.modality})`;
}

export function lineRows(
  points: readonly LatencyPoint[],
  lines: readonly Line[],
  steps: readonly number[],
): LineRow[] {
  const by = new Map<number, LatencyPoint[]>(steps.map((at) => [at, []]));
  for (const one of points) by.get(Date.parse(one.at))?.push(one);
  return [...by].map(([at, found]) => ({
    at,
    values: lines.map((line) => found.map(line.of).find((value) => value !== undefined)),
  }));
}
