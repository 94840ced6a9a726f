import { describe, expect, it } from "vitest";
import { differences } from "./diff";

describe("what a change did", () => {
  it("is told setting by setting, however deep", () => {
    const before = { name: "Shop", rate_limits: { acme: { on_limit: "wait" } }, tags: ["a"] };
    const after = { name: "Shop", rate_limits: { acme: { on_limit: "raise" } }, tags: ["a", "b"] };
    expect(differences(before, after)).toEqual([
      { path: "rate_limits.acme.on_limit", before: "wait", after: "raise" },
      { path: "tags", before: '["a"]', after: '["a","b"]' },
    ]);
  });

  it("knows what was not there before, and what is gone", () => {
    expect(differences(null, { model: "m" })).toEqual([
      { path: "model", before: undefined, after: "m" },
    ]);
    expect(differences({ model: "m", options: {} }, null)).toEqual([
      { path: "model", before: "m", after: undefined },
      { path: "options", before: "{}", after: undefined },
    ]);
  });

  it("is nothing when only secrets were sealed anew", () => {
    expect(differences(null, null)).toEqual([]);
  });
});
