import { compare, scaled } from "~/design/decimal";

export type Stretch = { start: number; end: number; now: number };

export type Forecast = {
  /** What the whole period comes to if it goes on as until now. */
  total: string;
  /** When the cap is reached at this pace, in ms; undefined: not within the period, or no cap. */
  reached: number | undefined;
};

/** A straight line says nothing before this share of the period has passed. */
export const LEAST_SHARE = 0.05;

/** Linear, from the period so far. Undefined: too little of it has passed, or nothing was spent. */
export function forecastOf(
  spent: string,
  cap: string | null,
  { start, end, now }: Stretch,
): Forecast | undefined {
  const [passed, whole] = [now - start, end - start];
  if (passed < whole * LEAST_SHARE || passed >= whole || compare(spent, "0") <= 0) return undefined;
  return {
    total: scaled(spent, whole, passed),
    reached: reachedAt(spent, cap, { start, end, now }),
  };
}

function reachedAt(spent: string, cap: string | null, { start, end, now }: Stretch) {
  if (cap === null) return undefined;
  const at = start + ((now - start) * Number(cap)) / Number(spent);
  return at > now && at < end ? Math.round(at) : undefined;
}
