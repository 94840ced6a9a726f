import { describe, expect, it } from "vitest";
import { changesOf, saidIn } from "./useDraft";

describe("what a form sends", () => {
  const before = { name: "Shop", daily_budget: "5.00", throttle_stack: "local" };

  it("is what changed, and null for what was emptied", () => {
    const after = { ...before, daily_budget: " 7.50 ", throttle_stack: "" };
    expect(changesOf(before, after)).toEqual({ daily_budget: "7.50", throttle_stack: null });
  });

  it("is nothing when nothing changed", () => {
    expect(changesOf(before, { ...before })).toEqual({});
  });

  it("is what was said, of something new", () => {
    expect(saidIn({ id: "shop ", name: "", daily_budget: "5" })).toEqual({
      id: "shop",
      daily_budget: "5",
    });
  });
});
