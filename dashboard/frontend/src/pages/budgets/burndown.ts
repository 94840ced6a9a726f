import type { Schema } from "~/api/client";
import { minus, plus } from "~/design/decimal";
import type { Forecast, Stretch } from "./forecast";

/** One step of the period in which there were calls: its cost, and where that leaves the budget. */
export type Step = {
  /** When it begins and ends, in ms. */
  from: number;
  to: number;
  /** Null if nothing in it has a known price. */
  cost: string | null;
  spent: string;
  /** Null without a cap. */
  left: string | null;
  unpriced: number;
};

const LENGTHS = { day: 86_400_000, quarter_hour: 900_000 } as const;

export function stepsOf(series: Schema["CostSeries"], now: number, cap: string | null): Step[] {
  const { points, step } = series;
  let spent = "0";
  return points.map((point, index) => {
    const from = Date.parse(point.at);
    const next = points[index + 1];
    spent = plus(spent, point.cost_usd ?? "0");
    return {
      from,
      to: Math.min(from + LENGTHS[step], next ? Date.parse(next.at) : now, now),
      cost: point.cost_usd,
      spent,
      left: cap === null ? null : minus(cap, spent),
      unpriced: point.unpriced_requests,
    };
  });
}

/** For drawing: what is left (what was spent, without a cap), where it goes from here, and where
 * it would be if the budget were used up evenly. */
export type Drawn = { at: number; real?: number; forecast?: number; even?: number };

export function drawn(
  steps: readonly Step[],
  { start, end, now }: Stretch,
  cap: string | null,
  forecast: Forecast | undefined,
): Drawn[] {
  const whole = cap === null ? undefined : Number(cap);
  let real = whole ?? 0;
  const rows: Drawn[] = [{ at: start, real, ...(whole === undefined ? {} : { even: whole }) }];
  for (const one of steps) {
    rows.push({ at: one.from, real });
    real = Number(one.left ?? one.spent);
    rows.push({ at: one.to, real });
  }
  const total = forecast && Number(forecast.total);
  rows.push({ at: now, real, ...(total === undefined ? {} : { forecast: real }) });
  rows.push({
    at: end,
    ...(total === undefined ? {} : { forecast: whole === undefined ? total : whole - total }),
    ...(whole === undefined ? {} : { even: 0 }),
  });
  return rows;
}
