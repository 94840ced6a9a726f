import type { Schema } from "~/api/client";
import { isoDay } from "~/design/format";
import { dayAfter, startOfDay } from "~/filters/window";

type Series = { period: Schema["PeriodDocument"]; step: "day" | "quarter_hour" };

const QUARTER_MS = 900_000;

/** Every step of a period that has begun, in milliseconds since 1970, whether it has points or
 * not: a day without a call is a gap that belongs to the picture. */
export function stepsOf(series: Series, points: readonly { at: string }[], now: number): number[] {
  const [start, end] = [Date.parse(series.period.start), Date.parse(series.period.end)];
  const until = Math.min(end, now);
  const all = new Set(points.map((one) => Date.parse(one.at)));
  if (series.step === "quarter_hour") {
    for (let at = start; at < until; at += QUARTER_MS) all.add(at);
    return sorted(all);
  }
  const zone = series.period.timezone;
  let day = isoDay(new Date(start), zone);
  for (let at = start; at < until; at = startOfDay(day, zone)) {
    all.add(at);
    day = dayAfter(day);
  }
  return sorted(all);
}

function sorted(all: ReadonlySet<number>): number[] {
  return [...all].sort((a, b) => a - b);
}
