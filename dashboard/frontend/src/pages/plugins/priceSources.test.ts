import { describe, expect, it } from "vitest";
import type { Schema } from "~/api/client";
import { isStale, listsOf, sourcesOf } from "./priceSources";

const rate = (changes: Partial<Schema["Rate"]>) =>
  ({
    provider: "acme",
    source: "vendor's page",
    source_url: "",
    disputed: "",
    checked_on: "2026-11-01",
    age_days: 21,
    override: false,
    ...changes,
  }) as Schema["Rate"];

describe("price sources", () => {
  it("are as old as the oldest of their rates", () => {
    const [one] = sourcesOf([
      rate({}),
      rate({ checked_on: "2026-07-01", age_days: 144, disputed: "two pages differ" }),
      rate({}),
    ]);
    expect(one).toMatchObject({ rates: 3, disputed: 1, checked_on: "2026-07-01", age_days: 144 });
    expect(one && isStale(one)).toBe(true);
  });

  it("are stale when nobody knows how old they are, and rates of your own never", () => {
    const sources = sourcesOf([
      rate({ source: "operator", override: true, age_days: null, checked_on: null }),
      rate({}),
      rate({ source: "unknown", age_days: null, checked_on: null }),
    ]);
    expect(sources.map((one) => [one.source, isStale(one)])).toEqual([
      ["unknown", true],
      ["vendor's page", false],
      ["operator", false],
    ]);
  });

  it("are put together by provider, rates of your own apart", () => {
    const rates = [rate({}), rate({ source: "another" }), rate({ override: true })];
    expect(listsOf(rates).map((one) => [one.provider, one.override, one.rates])).toEqual([
      ["acme", false, 2],
      ["acme", true, 1],
    ]);
  });
});
