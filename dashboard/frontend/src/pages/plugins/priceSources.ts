import type { Schema } from "~/api/client";

/** From when on a price list is stale, in days; as `voicegw doctor` has it. */
export const STALE_DAYS = 90;

export type PriceSource = {
  provider: string;
  source: string;
  url: string;
  rates: number;
  disputed: number;
  /** The day somebody last looked at the oldest of them. Null: rates of your own, or not known. */
  checked_on: string | null;
  age_days: number | null;
  override: boolean;
};

export function isStale(source: PriceSource): boolean {
  return !source.override && (source.age_days === null || source.age_days > STALE_DAYS);
}

/** Where rates come from, the stalest first; a source is as old as the oldest of its rates. */
export function sourcesOf(rates: readonly Schema["Rate"][]): PriceSource[] {
  return gathered(rates, (rate) => [rate.provider, rate.source, rate.source_url, rate.override]);
}

/** The same of each provider's whole price list, and of your own rates for it. */
export function listsOf(rates: readonly Schema["Rate"][]): PriceSource[] {
  return gathered(rates, (rate) => [rate.provider, rate.override]);
}

function gathered(
  rates: readonly Schema["Rate"][],
  by: (rate: Schema["Rate"]) => readonly unknown[],
): PriceSource[] {
  const found = new Map<string, PriceSource>();
  for (const rate of rates) {
    const key = JSON.stringify(by(rate));
    const before = found.get(key);
    found.set(key, before ? joined(before, rate) : first(rate));
  }
  return [...found.values()].sort(
    (a, b) => ageOf(b) - ageOf(a) || a.provider.localeCompare(b.provider),
  );
}

function ageOf(source: PriceSource): number {
  return source.override ? -1 : (source.age_days ?? Number.MAX_SAFE_INTEGER);
}

function first(rate: Schema["Rate"]): PriceSource {
  return {
    provider: rate.provider,
    source: rate.source,
    url: rate.source_url,
    rates: 1,
    disputed: rate.disputed === "" ? 0 : 1,
    checked_on: rate.checked_on,
    age_days: rate.age_days,
    override: rate.override,
  };
}

function joined(source: PriceSource, rate: Schema["Rate"]): PriceSource {
  const older =
    rate.age_days === null || (source.age_days !== null && rate.age_days > source.age_days);
  return {
    ...source,
    rates: source.rates + 1,
    disputed: source.disputed + (rate.disputed === "" ? 0 : 1),
    ...(older ? { checked_on: rate.checked_on, age_days: rate.age_days } : {}),
  };
}
